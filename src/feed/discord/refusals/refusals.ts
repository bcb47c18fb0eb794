import { RESTJSONErrorCodes as Code } from 'discord.js';

/** Codes of Discord with what each means for an operator, in words that can follow "Discord refused it:". */
type Refusals = ReadonlyMap<number, string>;

/** Codes that the oldest discord.js which the package works with has no names for. */
const NewerCode = {
  CannotSendMessagesToThisUserDueToHavingNoMutualGuilds: 50_278,
  CannotReferenceAMessageWithoutPermissionToReadMessageHistory: 160_009,
  NSFWChannelMessageReferenceNotAllowed: 160_010,
  CannotForwardMessageWithUnreadableContent: 160_014,
  AccessToFileUploadsHasBeenLimitedForThisGuild: 400_001,
} as const;

/** Refusals of a message for what is in it. No channel of the kind would ever take it as it is. */
export const contentRefusals: Refusals = new Map<number, string>([
  [
    Code.MessageWasBlockedByAutomaticModeration,
    "AutoMod of the server blocked it. A rule of the server's may exempt the bot",
  ],
  [
    Code.TitleWasBlockedByAutomaticModeration,
    "AutoMod of the server blocked its title. A rule of the server's may exempt the bot",
  ],
  [Code.ExplicitContentCannotBeSentToTheDesiredRecipient, 'the filter for explicit content blocked it'],
  [Code.MessageBlockedByHarmfulLinksFilter, 'the filter for harmful links blocked it'],
  [Code.InvalidFormBodyOrContentType, 'a part of the message is not valid'],
  [Code.CannotSendAnEmptyMessage, 'the message is empty'],
  [Code.RequestEntityTooLarge, 'the message is too large'],
  [Code.FileUploadedExceedsMaximumSize, 'a file is too large'],
  [Code.InvalidFileUploaded, 'a file is not valid'],
  [Code.ProvidedFileIsInvalid, 'a file is not valid'],
  [Code.ProvidedFileTypeIsInvalid, 'a file is of a type that may not be sent'],
  [Code.UploadedFileNotFound, 'an uploaded file is not known'],
  [Code.MaximumNumberOfAttachmentsInAMessageReached, 'it has too many attachments'],
  [Code.UnknownEmoji, 'an emoji is not known'],
  [Code.SpecifiedEmojiIsInvalid, 'an emoji is not valid'],
  [Code.UnknownSticker, 'a sticker is not known'],
  [Code.InvalidStickerSent, 'a sticker is not valid'],
  [Code.YouDoNotHavePermissionToSendThisSticker, 'the bot may not send its sticker'],
  [Code.InvalidMessageType, 'it refers to a message that it cannot refer to'],
  [NewerCode.NSFWChannelMessageReferenceNotAllowed, 'it refers to a message of an age-restricted channel'],
  [NewerCode.CannotForwardMessageWithUnreadableContent, 'it forwards a message that the bot cannot read'],
  [Code.VoiceMessagesDoNotSupportAdditionalContent, 'a voice message has no other content'],
  [Code.VoiceMessagesMustHaveASingleAudioAttachment, 'a voice message has one audio file'],
  [Code.VoiceMessagesMustHaveSupportingMetadata, 'a voice message lacks its metadata'],
  [Code.CannotUseAnEmojiIncludedWithThePoll, 'an emoji of its poll may not be used'],
]);

/** Refusals of every message in this channel, until somebody changes the channel, the server or the bot's roles. */
export const channelRefusals: Refusals = new Map<number, string>([
  [Code.UnknownChannel, 'the channel does not exist'],
  [Code.UnknownGuild, 'the server does not exist, or the bot is not in it'],
  [Code.MissingAccess, 'the bot cannot see the channel. Give it the permission View Channel'],
  [
    Code.MissingPermissions,
    'the bot lacks a permission in the channel. Give it View Channel, Send Messages (in a thread: Send Messages in Threads) and Embed Links',
  ],
  [Code.CannotSendMessagesInNonTextChannel, 'the channel is of a kind that takes no messages'],
  [Code.CannotExecuteActionOnThisChannelType, 'the channel is of a kind that takes no such message'],
  [Code.CannotExecuteActionOnDMChannel, 'the channel is one of direct messages'],
  [Code.CannotSendMessagesToThisUser, 'the user takes no direct messages of the bot'],
  [NewerCode.CannotSendMessagesToThisUserDueToHavingNoMutualGuilds, 'the user shares no server with the bot'],
  [Code.ChannelVerificationLevelTooHighForYouToGainAccess, "the channel's verification level keeps the bot out"],
  [Code.CannotSendAMessageInAForumChannel, 'the channel is a forum, or a forum post that has no first message'],
  [Code.InvalidActionOnArchivedThread, 'the thread is archived. Open it again, or unlock it'],
  [Code.ThreadLocked, 'the thread is locked. Unlock it, or give the bot the permission Manage Threads'],
  [
    Code.UnknownTag,
    'a tag that the feed sets is gone from the forum. Create it again, and give the feed its id, or take it out of the feed',
  ],
  [Code.TagRequiredToCreateAForumPostInThisChannel, 'posts in the forum need a tag'],
  [
    Code.ThereAreNoTagsAvailableThatCanBeSetByNonModerators,
    'posts in the forum need a tag that only moderators may set',
  ],
  [Code.MaximumActiveThreads, 'the server has as many active threads as it may have'],
  [Code.MaximumActiveAnnouncementThreads, 'the server has as many active announcement threads as it may have'],
  [Code.MaximumThreadParticipantsReached, 'the thread has as many members as it may have'],
  [
    Code.CannotReplyWithoutPermissionToReadMessageHistory,
    'the bot lacks the permission Read Message History, to reply',
  ],
  [
    NewerCode.CannotReferenceAMessageWithoutPermissionToReadMessageHistory,
    'the bot lacks the permission Read Message History, to refer to a message',
  ],
  [Code.YouCannotSendVoiceMessagesInThisChannel, 'the bot may not send voice messages in the channel'],
  [Code.InvalidChannelTypeForPollCreation, 'the channel is of a kind that takes no polls'],
  [NewerCode.AccessToFileUploadsHasBeenLimitedForThisGuild, 'the server may not take files at present'],
  [Code.NotAuthorizedToPerformThisActionOnThisApplication, 'the bot may not do this'],
  [Code.UserBannedFromThisGuild, 'the bot is banned from the server'],
  [Code.VerifyYourAccount, "the bot's account must be verified"],
  [Code.SendMessagesHasBeenTemporarilyDisabled, 'Discord has forbidden the bot to send messages for a while'],
  [Code.TwoFactorAuthenticationIsRequired, "the server demands two-factor authentication of the bot's owner"],
  [Code.ServerNotAvailableInYourLocation, 'the server is not available where the bot runs'],
  [Code.ServerNeedsMonetizationEnabledToPerformThisAction, 'the server lacks monetization'],
  [Code.ServerNeedsMoreBoostsToPerformThisAction, 'the server lacks boosts'],
]);

/** Codes from 30001 on, below 31000, are limits: of a server, of a channel, of a forum. */
export function isLimitOfChannel(code: number): boolean {
  return code >= 30_001 && code < 31_000 && !contentRefusals.has(code);
}
