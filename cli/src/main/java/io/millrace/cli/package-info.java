/**
 * The command line. Each command is one class that says by its annotations what it takes, asks the HTTP API, and prints
 * what it was answered: for a person as text and tables, with {@code --json} as it came. It knows nothing of Millrace but
 * the API's contract, and how it ends is one of {@link io.millrace.cli.Exit}'s codes.
 */
@NullMarked
package io.millrace.cli;

import org.jspecify.annotations.NullMarked;
