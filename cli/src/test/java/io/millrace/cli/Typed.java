package io.millrace.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine;

/** A command line as it was typed, and what came of it. */
record Typed(int exit, String out, String err) {

    static Typed in(Map<String, String> environment, String... arguments) {
        return in(environment, false, arguments);
    }

    static Typed in(Map<String, String> environment, boolean terminal, String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        CommandLine command = Millrace.commandLine(new HashMap<>(environment), terminal)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err));
        int exit = command.execute(arguments);
        return new Typed(exit, out.toString(), err.toString());
    }
}
