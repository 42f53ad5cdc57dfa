package io.millrace.dispatch;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaFuture;
import org.jspecify.annotations.Nullable;

/** Asking Kafka administrative questions, and waiting for a bounded time. */
final class KafkaAnswer {

    private KafkaAnswer() {}

    /** Settings of an administrative client that gives up in time. */
    static Map<String, Object> settings(Map<String, Object> broker, String clientId, Duration timeout) {
        var settings = new HashMap<>(broker);
        int millis = Math.toIntExact(timeout.toMillis());
        settings.put(AdminClientConfig.CLIENT_ID_CONFIG, clientId);
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, millis / 2);
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis);
        return settings;
    }

    /**
     * Waits for an answer.
     *
     * @throws KafkaUnavailable if it does not come in time, or is a refusal, which is then the cause
     */
    static <T> T await(KafkaFuture<T> future, Duration timeout) {
        try {
            return future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new KafkaUnavailable("Kafka refuses: " + said(e.getCause()), e.getCause());
        } catch (TimeoutException e) {
            throw new KafkaUnavailable("Kafka did not answer within " + timeout, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnavailable("interrupted while waiting for Kafka", e);
        }
    }

    /** A refusal by TLS says only that there was one; whose certificate is wrong, and how, says its cause. */
    private static String said(@Nullable Throwable refusal) {
        Throwable why = refusal == null ? null : refusal.getCause();
        return why == null ? String.valueOf(refusal) : refusal + ": " + why.getMessage();
    }
}
