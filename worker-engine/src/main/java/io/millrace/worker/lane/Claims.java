package io.millrace.worker.lane;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.job.Claim;
import io.millrace.limit.Limits;
import io.millrace.queue.Hint;
import io.millrace.store.JobStore;
import io.millrace.store.LimitStore;
import io.millrace.store.StoreUnavailable;
import io.millrace.worker.Identity;
import io.millrace.worker.limit.LimitsInForce;
import io.millrace.worker.run.ClaimDoubt;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** Claims for this worker: what no limit is on in one statement, what one is on by leave of its limits. */
@Singleton
class Claims {

    private static final Logger LOG = Logger.getLogger(Claims.class);

    private final JobStore store;
    private final LimitStore limitStore;
    private final LimitsInForce limits;
    private final ClaimDoubt doubt;
    private final Identity identity;
    private final Counter parked;
    private final Counter lost;

    Claims(
            JobStore store,
            LimitStore limitStore,
            LimitsInForce limits,
            ClaimDoubt doubt,
            Identity identity,
            MeterRegistry metrics) {
        this.store = store;
        this.limitStore = limitStore;
        this.limits = limits;
        this.doubt = doubt;
        this.identity = identity;
        this.parked = Counter.builder("millrace.jobs.throttled")
                .description("Jobs that were ready to start and had to wait for a limit")
                .register(metrics);
        this.lost = Counter.builder("millrace.claims.lost")
                .description("Hints whose job was not there to be claimed")
                .register(metrics);
    }

    /**
     * Claims what hints name, as far as it may start now.
     *
     * @throws StoreUnavailable if PostgreSQL cannot be asked
     */
    List<Claim> claim(List<Hint> hints) {
        Limits inForce = limits.now();
        List<Claim> free = store.claim(hints, identity.id(), inForce);
        if (inForce.none() || free.size() == hints.size()) {
            lost.increment((double) hints.size() - free.size());
            return free;
        }
        Set<UUID> won = free.stream().map(Claim::jobId).collect(Collectors.toSet());
        List<Hint> rest =
                hints.stream().filter(hint -> !won.contains(hint.jobId())).toList();
        LimitStore.Admission admission;
        try {
            admission = limitStore.admit(rest, inForce, identity.id());
        } catch (StoreUnavailable e) {
            if (free.isEmpty()) {
                throw e;
            }
            // What is won must run. Of the others nobody knows whether they were: that is found out, or their hints are
            // written again.
            doubt.raise();
            LOG.warnf("jobs under limits could not be admitted, their hints are written again: %s", e.getMessage());
            return free;
        }
        parked.increment(admission.parked());
        lost.increment((double) rest.size() - admission.claims().size() - admission.parked());
        var all = new ArrayList<>(free);
        all.addAll(admission.claims());
        return all;
    }
}
