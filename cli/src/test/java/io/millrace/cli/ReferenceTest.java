package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** {@code docs/cli.md} says what {@code --help} says. {@code mvn -pl cli test -Dtest=ReferenceTest -Dmillrace.write} writes it. */
class ReferenceTest {

    private static final Path DOCUMENT = Path.of("..", "docs", "cli.md");
    private static final String BEGIN = "<!-- what follows is written by ReferenceTest of cli -->\n";

    @Test
    void theDocumentSaysWhatHelpSays() throws IOException {
        String document = Files.readString(DOCUMENT);
        String expected = document.substring(0, document.indexOf(BEGIN) + BEGIN.length()) + reference();
        if (System.getProperty("millrace.write") != null) {
            Files.writeString(DOCUMENT, expected);
        }

        assertThat(Files.readString(DOCUMENT)).isEqualTo(expected);
    }

    /** All commands have a description and those with an own class an example; what help lacks, a reader lacks. */
    @Test
    void everyCommandIsDescribed() {
        assertThat(commands())
                .allSatisfy(command -> assertThat(
                                command.getCommandSpec().usageMessage().description())
                        .as(command.getCommandName())
                        .isNotEmpty());
        assertThat(commands()
                        .filter(command -> command.getParent() == null
                                || command.getParent().getParent() == null))
                .allSatisfy(command -> assertThat(
                                command.getCommandSpec().usageMessage().footer())
                        .as(command.getCommandName())
                        .isNotEmpty());
    }

    private static String reference() {
        String codes = Stream.of(Exit.values())
                .map(exit -> "| " + exit.code() + " | " + exit.meaning() + " |")
                .collect(Collectors.joining("\n"));
        return "\n## How it ends\n\n| code | |\n|---|---|\n" + codes + "\n\n## Commands\n\n"
                + commands()
                        .map(command -> (command.getParent() == null ? "" : "### " + name(command) + "\n\n")
                                + "```text\n" + help(command) + "```\n")
                        .collect(Collectors.joining("\n"));
    }

    private static String help(CommandLine command) {
        return command.getUsageMessage(Ansi.OFF)
                        .lines()
                        .map(String::stripTrailing)
                        .collect(Collectors.joining("\n")) + "\n";
    }

    private static String name(CommandLine command) {
        return command.getCommandSpec().qualifiedName();
    }

    private static Stream<CommandLine> commands() {
        return below(Millrace.commandLine(Map.of(), false));
    }

    private static Stream<CommandLine> below(CommandLine command) {
        // A command with an alias is there twice.
        return Stream.concat(
                Stream.of(command),
                new LinkedHashSet<>(command.getSubcommands().values()).stream().flatMap(ReferenceTest::below));
    }
}
