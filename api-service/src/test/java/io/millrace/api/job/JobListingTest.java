package io.millrace.api.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.api.problem.FieldError;
import io.millrace.api.problem.Problem;
import io.millrace.job.JobFilter;
import io.millrace.job.JobState;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class JobListingTest {

    @Test
    void without_parameters_it_is_the_newest_fifty_of_all() {
        var query = new JobListing().query();

        assertThat(query.filter()).isEqualTo(JobFilter.ALL);
        assertThat(query.newestFirst()).isTrue();
        assertThat(query.limit()).isEqualTo(50);
        assertThat(query.after()).isNull();
    }

    @Test
    void several_values_are_separated_by_commas() {
        var listing = new JobListing();
        listing.state = "PENDING, retry,";

        assertThat(listing.query().filter().states()).containsExactly(JobState.PENDING, JobState.RETRY);
    }

    @Test
    void all_that_is_not_understood_is_told_at_once() {
        var listing = new JobListing();
        listing.state = "WAITING";
        listing.batchId = "x";
        listing.createdAfter = "yesterday";
        listing.order = "sideways";
        listing.limit = "501";

        Problem problem = catchThrowableOfType(Problem.class, listing::query);

        assertThat(problem.errors())
                .extracting(FieldError::field)
                .containsExactlyInAnyOrder("state", "batch_id", "created_after", "order", "limit");
    }

    @Test
    void a_cursor_comes_back_as_it_went_out() {
        var cursor = new JobCursor(UUID.fromString("0190a1b2-0000-7000-8000-000000000001"), false);

        assertThat(JobCursor.decode(cursor.encode(), false)).isEqualTo(cursor);
    }

    @Test
    void a_cursor_of_the_other_order_or_of_nobody_is_refused() {
        String ascending = new JobCursor(new UUID(1, 2), false).encode();

        assertThat(catchThrowableOfType(Problem.class, () -> JobCursor.decode(ascending, true)))
                .isNotNull();
        assertThat(catchThrowableOfType(Problem.class, () -> JobCursor.decode("!!", true)))
                .isNotNull();
        assertThat(catchThrowableOfType(Problem.class, () -> JobCursor.decode("", true)))
                .isNotNull();
    }
}
