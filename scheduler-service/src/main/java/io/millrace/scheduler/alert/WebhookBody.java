package io.millrace.scheduler.alert;

import io.millrace.alert.AlertMessage;
import io.millrace.alert.AlertMessage.Event;
import io.vertx.core.json.JsonObject;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.UUID;

/** How a message is written for a webhook. */
@FunctionalInterface
interface WebhookBody {

    DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'UTC'", Locale.ROOT);

    /** The body, as JSON. */
    String of(UUID id, AlertMessage message);

    /** For Slack and what takes the same: plain text, since that is what all of them show alike. */
    static String slack(UUID id, AlertMessage message) {
        var text = new StringBuilder()
                .append(head(message))
                .append("\n*")
                .append(escaped(message.title()))
                .append("*\nTimestamp: ")
                .append(SECONDS.format(message.at().atOffset(ZoneOffset.UTC)))
                .append("\nMessage: ")
                .append(escaped(message.message()));
        if (!message.details().isEmpty()) {
            text.append("\n\nDetails:");
            message.details()
                    .forEach(each -> text.append("\n• ")
                            .append(escaped(each.label()))
                            .append(": ")
                            .append(escaped(each.value().toString())));
        }
        return JsonObject.of("text", text.toString()).encode();
    }

    private static String head(AlertMessage message) {
        if (message.event() == Event.CLEARED) {
            return "✅ *CLEARED* (was " + message.severity() + ")";
        }
        return switch (message.severity()) {
            case INFO -> "ℹ️ *INFO*";
            case WARNING -> "⚠️ *WARNING*";
            case CRITICAL -> "🚨 *CRITICAL*";
        };
    }

    /** What Slack would take for a link or a mention. */
    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    /** For programs. */
    static String json(UUID id, AlertMessage message) {
        var details = new JsonObject();
        message.details().forEach(each -> details.put(each.name(), each.value()));
        return JsonObject.of(
                        "alert_id", id.toString(),
                        "event", message.event().name().toLowerCase(Locale.ROOT),
                        "severity", message.severity().name(),
                        "title", message.title(),
                        "timestamp", message.at().toString(),
                        "message", message.message(),
                        "source", message.source(),
                        "kind", message.kind(),
                        "subject", message.subject(),
                        "details", details)
                .encode();
    }
}
