package io.millrace.scheduler.alert;

import io.millrace.alert.AlertMessage;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** The log: one line a message, in words of its severity and with the details behind. */
final class LogChannel implements AlertChannel {

    /** A category of its own, so that it can be sent elsewhere. */
    private static final Logger LOG = Logger.getLogger("io.millrace.alert");

    @Override
    public Sent send(UUID id, AlertMessage message) {
        LOG.log(level(message), line(id, message));
        return new Sent.Arrived();
    }

    /** ERROR means that somebody must act. */
    private static Logger.Level level(AlertMessage message) {
        if (message.event() == AlertMessage.Event.CLEARED) {
            return Logger.Level.INFO;
        }
        return switch (message.severity()) {
            case INFO -> Logger.Level.INFO;
            case WARNING -> Logger.Level.WARN;
            case CRITICAL -> Logger.Level.ERROR;
        };
    }

    private static String line(UUID id, AlertMessage message) {
        String details = message.details().stream()
                .map(each -> " " + each.name() + "=" + each.value())
                .collect(Collectors.joining());
        return "%s: %s alert=%s event=%s severity=%s source=%s kind=%s subject=%s at=%s%s"
                .formatted(
                        message.title(),
                        message.message(),
                        id,
                        message.event().name().toLowerCase(Locale.ROOT),
                        message.severity(),
                        message.source(),
                        message.kind(),
                        message.subject(),
                        message.at(),
                        details);
    }
}
