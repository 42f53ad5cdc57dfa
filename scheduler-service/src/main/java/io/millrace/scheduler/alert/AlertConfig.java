package io.millrace.scheduler.alert;

import io.millrace.alert.Severity;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Alerts about queues, and where alerts go. All schedulers must have the same. */
@ConfigMapping(prefix = "millrace.alerts")
public interface AlertConfig {

    /** Whether queues are watched. What is raised when this is switched off is cleared. */
    @WithDefault("true")
    boolean enabled();

    /** The rest between two looks at the queues. */
    @WithDefault("5s")
    Duration interval();

    /** How long a measure must have been seen above a threshold before an alert is raised; 0s for at once. */
    @WithDefault("5s")
    Duration raiseAfter();

    /** How long it must have been seen well below the threshold before the alert is cleared. */
    @WithDefault("30s")
    Duration clearAfter();

    /** What well below is: less than this share of the threshold, above 0 and at most 1. */
    @WithDefault("0.8")
    double clearShare();

    Backlog backlog();

    OldestAge oldestAge();

    FailureRatio failureRatio();

    NoWorker noWorker();

    /** What is different for a queue, by its name. */
    Map<String, Own> queues();

    /** Where alerts go, by a name of your choice. */
    Map<String, Channel> channels();

    Delivery delivery();

    /** How long it is known what was told; what is still so is kept. */
    @WithDefault("30d")
    Duration kept();

    /** How many jobs are due and wait. */
    interface Backlog {
        /** From how many on it is INFO; 0 for never. */
        @WithDefault("20")
        long info();

        /** From how many on it is WARNING; 0 for never. */
        @WithDefault("50")
        long warning();

        /** From how many on it is CRITICAL; 0 for never. */
        @WithDefault("100")
        long critical();
    }

    /** How long the oldest job has waited since it became due. */
    interface OldestAge {
        /** From when on it is INFO; 0s for never. */
        @WithDefault("5m")
        Duration info();

        /** From when on it is WARNING; 0s for never. */
        @WithDefault("15m")
        Duration warning();

        /** From when on it is CRITICAL; 0s for never. */
        @WithDefault("1h")
        Duration critical();
    }

    /** The share of failures among the jobs that have ended. */
    interface FailureRatio {
        /** From which share on it is INFO; 0 for never. */
        @WithDefault("0")
        double info();

        /** From which share on it is WARNING; 0 for never. */
        @WithDefault("0.25")
        double warning();

        /** From which share on it is CRITICAL; 0 for never. */
        @WithDefault("0.5")
        double critical();

        /** Over which last while, in whole minutes. */
        @WithDefault("5m")
        Duration window();

        /** How many jobs of the queue must have ended in it. With fewer nothing is said, and what was raised is cleared. */
        @WithDefault("20")
        long minEnded();
    }

    /** That jobs wait and no worker receives from the queue. A paused queue needs none. */
    interface NoWorker {
        /** Whether it is an alert at all. */
        @WithDefault("true")
        boolean enabled();

        /** How bad it is. */
        @WithDefault("critical")
        Severity severity();

        /** After how long; longer than replacing a worker takes. */
        @WithDefault("30s")
        Duration after();
    }

    /** What a queue has of its own; what it does not say is as for all. */
    interface Own {
        /** Whether this queue is watched. */
        @WithDefault("true")
        boolean enabled();

        OwnBacklog backlog();

        OwnOldestAge oldestAge();

        OwnFailureRatio failureRatio();

        OwnNoWorker noWorker();
    }

    /** Of one queue: how many jobs are due and wait. */
    interface OwnBacklog {
        /** From how many on it is INFO. */
        OptionalLong info();

        /** From how many on it is WARNING. */
        OptionalLong warning();

        /** From how many on it is CRITICAL. */
        OptionalLong critical();
    }

    /** Of one queue: how long the oldest job has waited. */
    interface OwnOldestAge {
        /** From when on it is INFO. */
        Optional<Duration> info();

        /** From when on it is WARNING. */
        Optional<Duration> warning();

        /** From when on it is CRITICAL. */
        Optional<Duration> critical();
    }

    /** Of one queue: the share of failures. */
    interface OwnFailureRatio {
        /** From which share on it is INFO. */
        OptionalDouble info();

        /** From which share on it is WARNING. */
        OptionalDouble warning();

        /** From which share on it is CRITICAL. */
        OptionalDouble critical();

        /** How many of its jobs must have ended. */
        OptionalLong minEnded();
    }

    /** Of one queue: that no worker receives from it. */
    interface OwnNoWorker {
        /** Whether it is an alert at all. */
        Optional<Boolean> enabled();

        /** How bad it is. */
        Optional<Severity> severity();

        /** After how long. */
        Optional<Duration> after();
    }

    /** One way out. */
    interface Channel {
        /** The log of the scheduler that delivers it, Slack or what takes the same (Mattermost, Rocket.Chat), or anything that takes JSON. */
        Type type();

        /** Where to POST; not for a log. It is a secret: nothing ever shows it. */
        Optional<String> url();

        /** What to send as the header Authorization, such as {@code Bearer …}; a secret as well. */
        Optional<String> authorization();

        /** The least severity that goes there. */
        @WithDefault("info")
        Severity minSeverity();

        /** Whether anything goes there. */
        @WithDefault("true")
        boolean enabled();
    }

    /** Which kind of channel. */
    enum Type {
        LOG,
        SLACK,
        WEBHOOK
    }

    /** How hard it is tried to deliver a message to a webhook. */
    interface Delivery {
        /** The longest rest between two looks for messages; their notice ends it at once. */
        @WithDefault("30s")
        Duration interval();

        /** How long a connection may take. */
        @WithDefault("5s")
        Duration connectTimeout();

        /** How long all of it may take, until the answer has begun. */
        @WithDefault("10s")
        Duration requestTimeout();

        /** How many attempts there are before a message is given up, at least 1. */
        @WithDefault("8")
        int attempts();

        /** The wait after the first attempt that failed; each further one doubles it. */
        @WithDefault("10s")
        Duration retryDelay();

        /** The longest wait, also where the other side asks for more. */
        @WithDefault("10m")
        Duration retryCap();
    }
}
