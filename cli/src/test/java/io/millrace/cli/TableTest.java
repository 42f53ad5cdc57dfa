package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {

    @Test
    void whatIsWideTakesTwoColumnsAndWhatCombinesNone() {
        assertThat(table("日本語", "😀", "e\u0301", "ab"))
                .isEqualTo("NAME    N\n日本語  1\n😀      1\ne\u0301       1\nab      1");
    }

    @Test
    void nothingLeavesItsLineOrCommandsTheTerminal() {
        assertThat(table("two\nlines", "\u001b[2Jgone")).isEqualTo("NAME       N\ntwo lines  1\n [2Jgone   1");
        assertThat(Table.of(Values.object().put("name", "two\r\nlines"))).isEqualTo("name  two lines");
    }

    private static String table(String... names) {
        var rows = List.of(names).stream()
                .<JsonNode>map(name -> Values.object().put("name", name).put("n", 1))
                .toList();
        return Table.of(rows, List.of("name", "n"));
    }
}
