package io.millrace.cli;

import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is said when a command has not done what it was to do, and how that ends. */
final class Failures {

    private Failures() {}

    /** What picocli sees of a wrong command line. */
    static int unparsed(ParameterException wrong, String[] typed) {
        CommandLine command = wrong.getCommandLine();
        command.getErr().println(wrong.getMessage());
        UnmatchedArgumentException.printSuggestions(wrong, command.getErr());
        return hint(command);
    }

    /** What the work itself has come to; what nobody has thought of is thrown on. */
    static int failed(Exception thrown, CommandLine command, ParseResult typed) throws Exception {
        Exit exit = switch (thrown) {
            case Misuse _, Declined _ -> Exit.USAGE;
            case Refused refused -> refused.exit();
            case Unreachable _ -> Exit.UNREACHABLE;
            case Unwritten _ -> Exit.UNWRITTEN;
            default -> throw thrown;
        };
        command.getErr().println(thrown.getMessage());
        command.getErr().flush();
        return thrown instanceof Misuse ? hint(command) : exit.code();
    }

    /** Where to read how it is right; the whole of that would drive what is wrong off the screen. */
    private static int hint(CommandLine command) {
        command.getErr().println("Try '" + command.getCommandSpec().qualifiedName() + " --help' for more.");
        command.getErr().flush();
        return Exit.USAGE.code();
    }
}
