package io.millrace.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.job.Unique.Decision;
import io.millrace.job.Unique.Holder;
import io.millrace.job.Unique.OnConflict;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class UniqueTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant LATER = NOW.plusSeconds(60);

    private static Decision against(OnConflict onConflict, @Nullable JobState state, @Nullable Instant until) {
        return new Unique("print", null, true, onConflict).against(new Holder(state, until, until == null), NOW);
    }

    @ParameterizedTest
    @CsvSource({
        "RETURN, PENDING, RETURN",
        "RETURN, STARTED, RETURN",
        "RETURN, SUCCESS, TAKE_OVER",
        "REJECT, RETRY, REJECT",
        "REJECT, FAILURE, TAKE_OVER",
        "REPLACE, SCHEDULED, REPLACE",
        "REPLACE, STARTED, REPLACE",
        "REPLACE, REVOKED, TAKE_OVER"
    })
    void aJobHoldsItsPlaceAsLongAsItHasNotFinished(OnConflict onConflict, JobState holder, Decision decision) {
        assertThat(against(onConflict, holder, null)).isEqualTo(decision);
    }

    @ParameterizedTest
    @EnumSource(
            value = JobState.class,
            names = {"PENDING", "STARTED", "SUCCESS", "FAILURE", "REVOKED"})
    void withinItsPeriodThePlaceIsTakenWhateverBecameOfTheJob(JobState holder) {
        assertThat(against(OnConflict.RETURN, holder, LATER)).isEqualTo(Decision.RETURN);
        assertThat(against(OnConflict.REJECT, holder, LATER)).isEqualTo(Decision.REJECT);
    }

    @Test
    void afterItsPeriodThePlaceIsFreeEvenIfTheJobRunsOn() {
        assertThat(against(OnConflict.REJECT, JobState.STARTED, NOW)).isEqualTo(Decision.TAKE_OVER);
    }

    @Test
    void aFinishedJobWithinItsPeriodIsReplacedWithoutBeingRevoked() {
        assertThat(against(OnConflict.REPLACE, JobState.SUCCESS, LATER)).isEqualTo(Decision.TAKE_OVER);
    }

    @Test
    void withAPeriodAndWhileUnfinishedTheLongerOfTheTwoHolds() {
        var unique = new Unique("print", LATER, true, OnConflict.REJECT);

        assertThat(unique.against(new Holder(JobState.SUCCESS, LATER, true), NOW))
                .isEqualTo(Decision.REJECT);
        assertThat(unique.against(new Holder(JobState.STARTED, NOW, true), NOW)).isEqualTo(Decision.REJECT);
        assertThat(unique.against(new Holder(JobState.SUCCESS, NOW, true), NOW)).isEqualTo(Decision.TAKE_OVER);
    }

    @Test
    void aJobThatIsNoLongerKeptHoldsNothingButItsPeriod() {
        assertThat(against(OnConflict.REJECT, null, null)).isEqualTo(Decision.TAKE_OVER);
        assertThat(against(OnConflict.REJECT, null, LATER)).isEqualTo(Decision.REJECT);
    }

    @Test
    void aJobIsUniqueForSomeReason() {
        assertThatThrownBy(() -> new Unique("print", null, false, OnConflict.RETURN))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
