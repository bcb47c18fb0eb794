/** Writes a page in our own words, whose title is the mark by which EDGAR's page is known. */
function htmlPage(title: string, text: string): string {
  return `<!DOCTYPE html>\n<html><head><title>SEC.gov | ${title}</title></head><body><h1>${title}</h1><p>${text}</p></body></html>\n`;
}

export const errorPages = {
  unavailable: htmlPage('File Unavailable', 'This local EDGAR has no such file.'),
  undeclared: htmlPage(
    'Your Request Originates from an Undeclared Automated Tool',
    'This local EDGAR wants a User-Agent with a contact e-mail address.',
  ),
  rate: htmlPage(
    'Request Rate Threshold Exceeded',
    'This local EDGAR has been asked too often. Come back in 10 minutes.',
  ),
  maintenance: htmlPage('Maintenance', 'This local EDGAR answers with a page for people.'),
  internal: htmlPage('Internal Server Error', 'This local EDGAR has a bad day.'),
  accessDenied: '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>No</Message></Error>',
} as const;
