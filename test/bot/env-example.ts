/** A variable as `.env.example` shows it. */
export interface ExampleVariable {
  readonly name: string;
  readonly value: string;
  readonly commented: boolean;
  /** True if a comment stands above it. */
  readonly explained: boolean;
}

const ASSIGNMENT = /^(# ?)?([A-Z][A-Z0-9_]*)=(.*)$/;

/** Reads `.env.example`: `NAME=value` and the optional, commented-out `# NAME=value`. */
export function exampleVariables(text: string): ExampleVariable[] {
  const variables: ExampleVariable[] = [];
  let explained = false;
  for (const line of text.split('\n')) {
    const [, comment, name, value] = ASSIGNMENT.exec(line) ?? [];
    if (name === undefined) explained = line.startsWith('#');
    else variables.push({ name, value: value ?? '', commented: comment !== undefined, explained });
  }
  return variables;
}
