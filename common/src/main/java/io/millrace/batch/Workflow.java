package io.millrace.batch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A batch as it is written down in Java and posted to {@code /api/v1/batches}. It is made of calls, chains and groups,
 * in each other:
 *
 * <pre>{@code
 * String body = Workflow.named("totals")
 *         .does(chain(
 *                 map("parse_file", files.stream().map(f -> Map.of("file", f)).toList()),
 *                 call("add_up", Map.of()).taking("totals")))
 *         .toJson();
 * }</pre>
 *
 * A chord is a chain of a group and a call: {@link Call#taking} gives the call the results of all that it follows.
 */
public final class Workflow {

    private @Nullable String name;
    private @Nullable String callbackUrl;
    private OnParentFailure onParentFailure = OnParentFailure.CANCEL;
    private @Nullable Flow flow;
    private @Nullable Call last;

    private Workflow(@Nullable String name) {
        this.name = name;
    }

    /** A workflow that people find by this name. */
    public static Workflow named(String name) {
        return new Workflow(name);
    }

    /** What it does. */
    public Workflow does(Flow whole) {
        flow = whole;
        return this;
    }

    /** What becomes of jobs whose parents have failed, unless they say otherwise; cancel if this is not called. */
    public Workflow onParentFailure(OnParentFailure policy) {
        onParentFailure = policy;
        return this;
    }

    /** Where to tell of the end. */
    public Workflow callback(String url) {
        callbackUrl = url;
        return this;
    }

    /** A last job that runs when all others have ended, however they did. */
    public Workflow onComplete(Call call) {
        last = call;
        return this;
    }

    /** Something to do. */
    public sealed interface Flow permits Call, Chain, Group {}

    /** One job. */
    public static final class Call implements Flow {
        private final String task;
        private final Map<String, Object> args;
        private final Map<String, Object> options = new LinkedHashMap<>();
        private @Nullable String key;
        private @Nullable String takes;

        private Call(String task, Map<String, ?> args) {
            this.task = task;
            this.args = new LinkedHashMap<>(args);
        }

        /** Names it, so that {@link Workflow#resultOf} can; otherwise it is called after its place. */
        public Call key(String name) {
            key = name;
            return this;
        }

        /** An argument: a string, number, boolean, map, collection, null, or {@link Workflow#resultOf} something. */
        public Call arg(String argument, @Nullable Object value) {
            args.put(argument, value);
            return this;
        }

        /** Takes what it follows in a chain as this argument: one result, or the list of a group's results. */
        public Call taking(String argument) {
            takes = argument;
            return this;
        }

        /** Any other field of a job in JSON, such as {@code priority} or {@code max_retries}. */
        public Call with(String field, Object value) {
            options.put(field, value);
            return this;
        }

        /** What becomes of this job if something it follows has failed. */
        public Call onParentFailure(OnParentFailure policy) {
            return with("on_parent_failure", policy.wireName());
        }
    }

    /** One after the other. */
    public record Chain(List<Flow> flows) implements Flow {}

    /** Side by side. */
    public record Group(List<Flow> flows) implements Flow {}

    /** A job. */
    public static Call call(String task, Map<String, ?> args) {
        return new Call(task, args);
    }

    /** One after the other: each begins when all of the one before has succeeded. */
    public static Chain chain(Flow... flows) {
        return new Chain(List.of(flows));
    }

    /** Side by side. */
    public static Group group(Flow... flows) {
        return new Group(List.of(flows));
    }

    /** A job that follows a group and takes its results as an argument. */
    public static Chain chord(Group header, Call body, String argument) {
        return new Chain(List.of(header, body.taking(argument)));
    }

    /** The same task side by side, once for each of these arguments. */
    public static Group map(String task, Collection<? extends Map<String, ?>> each) {
        return new Group(each.stream().<Flow>map(args -> call(task, args)).toList());
    }

    /** The same task side by side, each with up to {@code size} of the items as an argument. */
    public static Group chunks(String task, String argument, List<?> items, int size) {
        return new Group(IntStream.range(0, (items.size() + size - 1) / size)
                .<Flow>mapToObj(i ->
                        call(task, Map.of(argument, items.subList(i * size, Math.min(items.size(), (i + 1) * size)))))
                .toList());
    }

    /** In arguments: the result of the job with this key. */
    public static Map<String, Object> resultOf(String key) {
        return Map.of("$result", key);
    }

    /** The body to post, as maps, lists, strings and numbers. */
    public Map<String, Object> toMap() {
        if (flow == null) {
            throw new IllegalStateException("a workflow must do something");
        }
        var jobs = new Jobs();
        jobs.add(flow, List.of());
        if (last != null) {
            jobs.add(last.onParentFailure(OnParentFailure.RUN), jobs.keys());
        }
        var body = new LinkedHashMap<String, Object>();
        if (name != null) {
            body.put("name", name);
        }
        body.put("jobs", jobs.all);
        body.put("on_parent_failure", onParentFailure.wireName());
        if (callbackUrl != null) {
            body.put("callback_url", callbackUrl);
        }
        return body;
    }

    /** The body to post, as JSON. */
    public String toJson() {
        return JsonText.of(toMap());
    }

    /** The jobs as they are written down, each after what it follows. */
    private static final class Jobs {
        private final List<Map<String, Object>> all = new ArrayList<>();
        private final Map<Call, String> keys = new HashMap<>();

        List<String> keys() {
            return all.stream().map(job -> (String) job.get("key")).toList();
        }

        /** Writes down a flow that follows these jobs. @return the jobs that whatever follows it must follow */
        List<String> add(Flow flow, List<String> after) {
            return switch (flow) {
                case Call call -> List.of(add(call, after));
                case Chain(var flows) -> {
                    List<String> ends = after;
                    for (Flow each : flows) {
                        ends = add(each, ends);
                    }
                    yield ends;
                }
                case Group(var flows) ->
                    flows.isEmpty()
                            ? after
                            : flows.stream()
                                    .flatMap(each -> add(each, after).stream())
                                    .distinct()
                                    .toList();
            };
        }

        private String add(Call call, List<String> after) {
            String key = call.key == null ? "job-" + (all.size() + 1) : call.key;
            if (keys.put(call, key) != null) {
                throw new IllegalStateException("the call of " + call.task + " is in this workflow twice");
            }
            var args = new LinkedHashMap<>(call.args);
            if (call.takes != null) {
                args.put(
                        call.takes,
                        after.size() == 1
                                ? resultOf(after.getFirst())
                                : after.stream().map(Workflow::resultOf).toList());
            }
            var job = new LinkedHashMap<String, Object>();
            job.put("key", key);
            job.put("task", call.task);
            job.put("args", args);
            job.put("depends_on", after);
            job.putAll(call.options);
            all.add(job);
            return key;
        }
    }
}
