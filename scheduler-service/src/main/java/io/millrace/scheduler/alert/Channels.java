package io.millrace.scheduler.alert;

import io.millrace.alert.Severity;
import io.millrace.scheduler.alert.AlertConfig.Channel;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The configured channels, by name. */
@Singleton
public class Channels {

    private final Map<String, AlertChannel> channels = new TreeMap<>();
    private final Map<String, Severity> least = new TreeMap<>();

    /** None while there is no webhook: it has threads of its own. */
    @Nullable
    private HttpClient client;

    /** @throws IllegalArgumentException with the key and what is wrong with it, but never an address */
    Channels(AlertConfig config) {
        config.channels().forEach((name, channel) -> {
            if (channel.enabled()) {
                channels.put(name, read("millrace.alerts.channels.\"" + name + "\"", channel, config.delivery()));
                least.put(name, channel.minSeverity());
            }
        });
    }

    private AlertChannel read(String place, Channel channel, AlertConfig.Delivery delivery) {
        return switch (channel.type()) {
            case LOG -> new LogChannel();
            case SLACK -> webhook(place, channel, delivery, WebhookBody::slack);
            case WEBHOOK -> webhook(place, channel, delivery, WebhookBody::json);
        };
    }

    private AlertChannel webhook(String place, Channel channel, AlertConfig.Delivery delivery, WebhookBody body) {
        if (client == null) {
            client = WebhookChannel.client(delivery.connectTimeout());
        }
        URI address = address(place, channel.url());
        String authorization = channel.authorization().orElse(null);
        if (authorization != null && authorization.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(place + ".authorization is no header");
        }
        return new WebhookChannel(client, address, authorization, body, delivery.requestTimeout());
    }

    /** Neither the text nor the exception that tells what is wrong with it may be shown: it is a secret. */
    private static URI address(String place, Optional<String> text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException(place + ".url is missing");
        }
        try {
            URI address = new URI(text.get().strip());
            if (("http".equals(address.getScheme()) || "https".equals(address.getScheme()))
                    && address.getHost() != null) {
                return address;
            }
        } catch (URISyntaxException e) {
            // Said below, without the address.
        }
        throw new IllegalArgumentException(place + ".url is not an address that begins with http:// or https://");
    }

    /** The channel of this name. @throws IllegalArgumentException if there is none */
    public AlertChannel get(String name) {
        AlertChannel channel = channels.get(name);
        if (channel == null) {
            throw new IllegalArgumentException("there is no channel '" + name + "'");
        }
        return channel;
    }

    /** The names of the channels, each with the least severity that it wants. */
    public Map<String, Severity> least() {
        return Map.copyOf(least);
    }

    @PreDestroy
    void close() {
        if (client != null) {
            client.shutdownNow();
        }
    }
}
