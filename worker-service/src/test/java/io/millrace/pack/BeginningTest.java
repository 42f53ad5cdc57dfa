package io.millrace.pack;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fleet.WorkerState;
import io.millrace.store.WorkerStore;
import io.millrace.testing.RealStack;
import io.millrace.worker.Identity;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** In which order a worker begins. */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
@TestProfile(QuickWorker.class)
class BeginningTest {

    @Inject
    SlowToPrepare prepared;

    @Inject
    WorkerStore workers;

    @Inject
    Identity identity;

    @Test
    void aWorkerBeginsWhenAllBeansHavePreparedThemselves() {
        assertThat(prepared.wasOvertaken()).isFalse();
        assertThat(workers.get(identity.id()).orElseThrow().state()).isEqualTo(WorkerState.ACTIVE);
    }
}
