package io.millrace.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace completion}: what makes a shell complete commands and options. */
@Command(
        name = "completion",
        description = "Print a script that makes the shell complete commands and options.",
        footerHeading = "%nExamples:%n",
        footer = {"  source <(millrace completion bash)", "  millrace completion zsh > ~/.millrace-completion"})
final class Completion implements Callable<Integer> {

    /** The shells it is for; one script serves both. */
    enum Shell {
        bash,
        zsh
    }

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(paramLabel = "bash|zsh", description = "Which shell.")
    @SuppressWarnings("UnusedVariable") // said for the reader; the script finds out itself
    private Shell shell = Shell.bash;

    @Override
    public Integer call() {
        var out = spec.commandLine().getOut();
        out.print(AutoComplete.bash("millrace", spec.root().commandLine()));
        out.flush();
        return Exit.OK.code();
    }
}
