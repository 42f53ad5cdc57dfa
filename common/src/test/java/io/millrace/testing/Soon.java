package io.millrace.testing;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** How tests wait for what becomes so in its own time and tells nobody. */
public final class Soon {

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

    /** Far more than anything takes on an idle machine, since tests do not run on one. */
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private Soon() {}

    /** Looks at once and then every 20 ms for up to a minute, in the thread that waits. */
    public static ConditionFactory soon() {
        return Awaitility.await()
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(BETWEEN_LOOKS)
                .atMost(LONGEST);
    }
}
