package io.millrace.testing;

import io.millrace.batch.BatchGraph;
import io.millrace.batch.BatchGraph.Checked;
import io.millrace.batch.NewBatch;
import io.millrace.batch.OnParentFailure;
import io.millrace.job.JobIds;
import io.millrace.job.NewJob;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A batch as a test says it: {@code aBatch().with("a").with("b", "a").submitted()}. */
public final class BatchFixture {

    private static final JobIds IDS = new JobIds();

    private final List<BatchGraph.Node> nodes = new ArrayList<>();
    private final List<NewBatch.Member> members = new ArrayList<>();
    private OnParentFailure policy = OnParentFailure.CANCEL;
    private @Nullable String name;
    private @Nullable String callbackUrl;

    private BatchFixture() {}

    /** An empty batch that cancels what follows a failure. */
    public static BatchFixture aBatch() {
        return new BatchFixture();
    }

    public BatchFixture named(String value) {
        name = value;
        return this;
    }

    public BatchFixture callingBack(String url) {
        callbackUrl = url;
        return this;
    }

    /** For the jobs that are added from here on. */
    public BatchFixture onParentFailure(OnParentFailure value) {
        policy = value;
        return this;
    }

    /** An ordinary job that waits for these. */
    public BatchFixture with(String key, String... dependsOn) {
        return with(key, JobFixture.aJob(), dependsOn);
    }

    public BatchFixture with(String key, JobFixture job, String... dependsOn) {
        return with(key, job, List.of(dependsOn));
    }

    public BatchFixture with(String key, JobFixture job, List<String> dependsOn) {
        NewJob submitted = job.submitted();
        nodes.add(new BatchGraph.Node(key, dependsOn, Set.of()));
        members.add(new NewBatch.Member(submitted, policy == OnParentFailure.RUN));
        return this;
    }

    /** As it is submitted. */
    public NewBatch submitted() {
        return switch (BatchGraph.check(nodes)) {
            case Checked.Flawed(var flaws) -> throw new IllegalArgumentException(flaws.toString());
            case Checked.Sound(var graph) ->
                new NewBatch(IDS.next(), name, policy, callbackUrl, null, List.copyOf(members), graph);
        };
    }
}
