package io.millrace.store;

import io.millrace.alert.AlertMessage;
import io.millrace.alert.AlertMessage.Detail;
import io.millrace.pipeline.Alarm;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import org.jboss.logging.Logger;

/** Where alarms of pipelines go: among the alerts, and from there to whichever channels are configured. */
@Singleton
public class PipelineAlarms {

    private static final Logger LOG = Logger.getLogger(PipelineAlarms.class);
    private static final String SOURCE = "pipeline";

    private final AlertStore alerts;
    private final Clock clock;

    PipelineAlarms(AlertStore alerts, Clock clock) {
        this.alerts = alerts;
        this.clock = clock;
    }

    /** Tells of something, after it has been committed. What cannot be told is logged: no check fails for it. */
    public void tell(Alarm alarm) {
        List<Detail> facts = alarm.facts().entrySet().stream()
                .map(fact -> new Detail(fact.getKey().replace(' ', '_'), label(fact.getKey()), fact.getValue()))
                .toList();
        var message = AlertMessage.happened(
                SOURCE,
                alarm.kind(),
                alarm.severity(),
                alarm.pipeline(),
                alarm.title(),
                alarm.message(),
                facts,
                clock.instant());
        try {
            alerts.tell(message);
        } catch (StoreUnavailable e) {
            LOG.warnf("an alarm could not be told: %s %s: %s", alarm.severity(), alarm.title(), alarm.message());
        }
    }

    private static String label(String name) {
        return Character.toUpperCase(name.charAt(0)) + name.substring(1).replace('_', ' ');
    }
}
