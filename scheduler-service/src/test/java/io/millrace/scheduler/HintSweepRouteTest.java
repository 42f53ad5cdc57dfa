package io.millrace.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.store.DueStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class HintSweepRouteTest {

    private static final UUID BEGINNING = new UUID(0, 0);

    private final HintSweep.Route route = new HintSweep.Route();

    private static UUID id(long number) {
        return new UUID(7, number);
    }

    private void step(Optional<UUID> last, Optional<UUID> oldestOpen) {
        route.walked(new DueStore.Step(last, 10, Optional.of(id(20)), oldestOpen, List.of(), List.of(), Map.of()));
    }

    @Test
    void itGoesOnWhereItStopped() {
        step(Optional.of(id(10)), Optional.empty());

        assertThat(route.position()).isEqualTo(id(10));
    }

    @Test
    void theNextRoundBeginsWithTheOldestThatHadNotFinished() {
        step(Optional.of(id(10)), Optional.of(id(5)));
        step(Optional.empty(), Optional.of(id(15)));

        assertThat(route.position()).isEqualTo(id(4));
    }

    @Test
    void whereAllHaveFinishedTheNextRoundLooksOnlyAtWhatIsNew() {
        step(Optional.of(id(10)), Optional.empty());
        step(Optional.empty(), Optional.empty());

        assertThat(route.position()).isEqualTo(id(20));
    }

    @Test
    void nowAndThenItBeginsAtTheVeryBeginning() {
        for (int round = 0; round < 29; round++) {
            step(Optional.empty(), Optional.of(id(5)));
        }
        assertThat(route.position()).isEqualTo(id(4));

        step(Optional.empty(), Optional.of(id(5)));

        assertThat(route.position()).isEqualTo(BEGINNING);
    }
}
