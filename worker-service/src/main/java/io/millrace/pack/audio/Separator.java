package io.millrace.pack.audio;

import io.millrace.audio.BadSound;
import io.millrace.worker.task.TaskContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Takes sounds apart. */
sealed interface Separator permits BuiltInSeparator, CommandSeparator {

    /**
     * A stem that was made.
     *
     * @param name letters, digits, {@code _} and {@code -}
     */
    record Made(String name, Path file) {}

    /**
     * Takes a sound apart.
     *
     * @param folder an empty one for what is made
     * @throws BadSound if the sound is the reason why it cannot be done
     * @throws SeparationFailed if it cannot be done for another reason, and will not be at another time
     */
    List<Made> separate(Path sound, Path folder, TaskContext context)
            throws IOException, InterruptedException, BadSound, SeparationFailed;
}
