package io.millrace.pack.llm;

import io.millrace.pack.llm.ProvidersConfig.ProviderConfig;
import io.millrace.worker.task.PermanentFailure;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.TreeMap;

/** Who can be asked, by name. */
@Singleton
class Providers {

    private final Map<String, Provider> byName = new TreeMap<>();

    Providers(ProvidersConfig config) {
        int maxAnswer = Math.toIntExact(config.maxAnswer().asLongValue());
        config.providers().forEach((name, provider) -> byName.put(name, provider(name, provider, maxAnswer)));
    }

    private static Provider provider(String name, ProviderConfig config, int maxAnswer) {
        return switch (config.kind()) {
            case OPENAI -> new HttpProvider(name, new OpenAiForm(), config, maxAnswer);
            case ANTHROPIC -> new HttpProvider(name, new AnthropicForm(), config, maxAnswer);
            case SCRIPTED -> new ScriptedProvider();
        };
    }

    /** The provider of this name. @throws PermanentFailure if there is none */
    Provider named(String name) {
        Provider provider = byName.get(name);
        if (provider == null) {
            throw new PermanentFailure(
                    "UnknownProvider",
                    "this worker has no provider '" + name + "' (millrace.llm.providers); it has " + byName.keySet());
        }
        return provider;
    }
}
