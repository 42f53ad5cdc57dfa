package io.millrace.limit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Every limit in force at a moment. A key's limit may be a rule for many: {@code tenant-*} gives each key that begins so
 * a limit of its own; the most specific rule wins.
 */
public final class Limits {

    /** Nothing is limited. */
    public static final Limits NONE = new Limits(List.of());

    private final Map<LimitName, Limit> exact = new HashMap<>();
    private final List<Limit> keyRules = new ArrayList<>();

    public Limits(List<Limit> limits) {
        for (Limit limit : limits) {
            if (!limit.limits()) {
                continue;
            }
            if (limit.name().scope() == LimitName.Scope.KEY
                    && limit.name().name().endsWith("*")) {
                keyRules.add(limit);
            } else {
                exact.put(limit.name(), limit);
            }
        }
        keyRules.sort(Comparator.comparingInt((Limit rule) -> rule.name().name().length())
                .reversed());
    }

    /** What limits such a job, in order of names; none for most. */
    public List<Limit> of(String task, String queue, @Nullable String rateKey) {
        var found = new ArrayList<Limit>(3);
        add(found, limit(new LimitName(LimitName.Scope.TASK, task)));
        add(found, limit(new LimitName(LimitName.Scope.QUEUE, queue)));
        if (rateKey != null) {
            add(found, limit(new LimitName(LimitName.Scope.KEY, rateKey)));
        }
        found.sort(Comparator.comparing(Limit::name));
        return found;
    }

    private static void add(List<Limit> found, @Nullable Limit limit) {
        if (limit != null) {
            found.add(limit);
        }
    }

    /** The limit on this, null where there is none. */
    public @Nullable Limit limit(LimitName name) {
        Limit own = exact.get(name);
        if (own != null || name.scope() != LimitName.Scope.KEY) {
            return own;
        }
        for (Limit rule : keyRules) {
            String pattern = rule.name().name();
            if (name.name().startsWith(pattern.substring(0, pattern.length() - 1))) {
                return new Limit(name, rule.rate(), rule.maxConcurrency());
            }
        }
        return null;
    }

    /** The tasks with a limit of their own. */
    public Set<String> tasks() {
        return names(LimitName.Scope.TASK);
    }

    /** The queues with a limit of their own. */
    public Set<String> queues() {
        return names(LimitName.Scope.QUEUE);
    }

    /** Whether any key is limited, so that a job with a {@code rate_key} needs a closer look. */
    public boolean keys() {
        return !keyRules.isEmpty() || !names(LimitName.Scope.KEY).isEmpty();
    }

    /** Whether the end of such a job may let another start: whether runs of its task, its queue or any key are counted. */
    public boolean countRuns(String task, String queue) {
        return counts(limit(new LimitName(LimitName.Scope.TASK, task)))
                || counts(limit(new LimitName(LimitName.Scope.QUEUE, queue)))
                || keyRules.stream().anyMatch(Limits::counts)
                || exact.values().stream()
                        .anyMatch(limit -> limit.name().scope() == LimitName.Scope.KEY && counts(limit));
    }

    private static boolean counts(@Nullable Limit limit) {
        return limit != null && limit.maxConcurrency() != null;
    }

    /** Whether there is none at all. */
    public boolean none() {
        return exact.isEmpty() && keyRules.isEmpty();
    }

    private Set<String> names(LimitName.Scope scope) {
        return exact.keySet().stream()
                .filter(name -> name.scope() == scope)
                .map(LimitName::name)
                .collect(Collectors.toSet());
    }
}
