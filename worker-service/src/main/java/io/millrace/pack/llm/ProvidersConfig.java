package io.millrace.pack.llm;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Who can be asked, by the name that configurations of calls know them by. */
@ConfigMapping(prefix = "millrace.llm")
interface ProvidersConfig {

    /** The providers. {@code openai}, {@code anthropic} and {@code scripted} are there; others may be added. */
    Map<String, ProviderConfig> providers();

    /**
     * The most tokens of an answer where a call's configuration does not say how many ({@code max_tokens}): Anthropic's API
     * wants to be told, and progress is told against it.
     */
    @WithDefault("1024")
    int maxTokens();

    /** The largest answer that is read, in whatever form it comes. */
    @WithDefault("4M")
    MemorySize maxAnswer();

    /** How an API wants to be asked. */
    enum Kind {
        /** OpenAI's chat completions, which many others speak as well. */
        OPENAI,
        /** Anthropic's messages. */
        ANTHROPIC,
        /** Nobody: answers come from the configuration of the call, for tests and for trying things out. */
        SCRIPTED
    }

    /** One provider. */
    interface ProviderConfig {

        /** How it wants to be asked: {@code openai}, {@code anthropic} or {@code scripted}. */
        Kind kind();

        /** Where it is, without {@code /v1/…}, such as {@code https://api.openai.com}. Not for {@code scripted}. */
        Optional<URI> baseUrl();

        /** The key that says who we are, a secret: give it in the environment, or better in a file. */
        Optional<String> apiKey();

        /** A file with the key, such as a mounted secret; read for each call, so that it can change. */
        Optional<Path> apiKeyFile();

        /** How long a call may take, from the connection to the last byte of the answer. */
        @WithDefault("120s")
        Duration timeout();
    }
}
