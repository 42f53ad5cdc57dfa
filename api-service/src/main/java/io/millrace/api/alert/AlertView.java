package io.millrace.api.alert;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.millrace.alert.Alert;
import io.millrace.alert.AlertMessage;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** An alert as the wire has it. */
@RegisterForReflection(registerFullHierarchy = true)
@Schema(name = "Alert")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record AlertView(
        UUID alertId,

        @Schema(
                description =
                        "raised: it is wrong, or worse than before; cleared: it is over; happened: it has no end to wait for",
                enumeration = {"raised", "cleared", "happened"})
        String event,

        @Schema(
                description = "Of one that is cleared: how bad it had been",
                enumeration = {"INFO", "WARNING", "CRITICAL"})
        String severity,

        String title,
        Instant timestamp,
        String message,

        @Schema(description = "Who told it: queue, or the name of a pack")
        String source,

        @Schema(description = "What it is about; of queues: backlog, oldest_age, failure_ratio, no_worker")
        String kind,

        @Schema(description = "What is concerned, such as the queue")
        String subject,

        @Schema(type = SchemaType.OBJECT) Map<String, Object> details,

        @Schema(description = "Whether it is still so, and this the last that was told of it")
        boolean active,

        @Schema(description = "How bad it is now, null unless it is active") @Nullable
        String level,

        List<DeliveryView> deliveries) {

    static AlertView of(Alert alert) {
        AlertMessage message = alert.message();
        var details = new LinkedHashMap<String, Object>();
        message.details().forEach(each -> details.put(each.name(), each.value()));
        return new AlertView(
                alert.id(),
                message.event().name().toLowerCase(Locale.ROOT),
                message.severity().name(),
                message.title(),
                message.at(),
                message.message(),
                message.source(),
                message.kind(),
                message.subject(),
                details,
                alert.active(),
                alert.level() == null ? null : alert.level().name(),
                alert.deliveries().stream().map(DeliveryView::of).toList());
    }

    /** How far it has come on one channel. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "AlertDelivery")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record DeliveryView(
            String channel,

            @Schema(enumeration = {"waiting", "delivered", "given_up"})
            String state,

            int attempts,
            @Nullable Instant deliveredAt,

            @Schema(description = "Why the last attempt failed") @Nullable
            String error) {

        static DeliveryView of(Alert.Delivered delivery) {
            String state = delivery.deliveredAt() != null
                    ? "delivered"
                    : delivery.givenUpAt() != null ? "given_up" : "waiting";
            return new DeliveryView(
                    delivery.channel(), state, delivery.attempts(), delivery.deliveredAt(), delivery.error());
        }
    }

    /** Some alerts, the newest first, and where the older ones begin. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "AlertPage")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Page(
            List<AlertView> alerts,

            @Schema(description = "cursor of the next page, null on the last one") @Nullable
            String nextCursor) {}
}
