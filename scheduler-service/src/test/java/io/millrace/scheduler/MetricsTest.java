package io.millrace.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.MetricsTable;
import io.millrace.testing.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the running scheduler shows is what {@code docs/metrics.md} says, names and labels. */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
@TestProfile(RescueTest.Quick.class)
class MetricsTest {

    @TestHTTPResource("/q/metrics")
    @SuppressWarnings("NullAway.Init") // Quarkus does.
    URI metrics;

    @Test
    void whatIsShownIsWhatTheTableSays() throws Exception {
        var table = MetricsTable.read(Path.of(".."));

        assertThat(table.differences(MetricsTable.scrape(metrics), "scheduler")).isEmpty();
    }
}
