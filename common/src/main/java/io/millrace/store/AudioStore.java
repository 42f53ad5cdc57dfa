package io.millrace.store;

import static io.millrace.store.Columns.column;
import static io.millrace.store.Columns.instant;

import io.millrace.audio.AudioJob;
import io.millrace.audio.AudioStatus;
import io.millrace.audio.NewAudioJob;
import io.millrace.audio.Stem;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Audio jobs and their stems. A run names itself with all that it tells, and is not heard any more once another has begun;
 * the end of one that tells nothing is read from its job ({@code docs/decisions/0024-an-audio-job-ends-with-its-job.md}).
 */
@Singleton
public class AudioStore {

    private final Database database;

    public AudioStore(Database database) {
        this.database = database;
    }

    private static final String SUBMIT = """
            INSERT INTO audio_job (id, file_name, format, size_bytes, input_key, project_id, task_job_id)
            VALUES ($1, $2, $3, $4, $5, $6,
                    millrace.submit('process_audio_job', jsonb_build_object('job_id', $1::uuid), project_id => $6,
                                    tags => ARRAY['audio:' || $1::uuid]))
            """;

    /**
     * Accepts a sound: its row and the job that separates it are committed together or not at all.
     *
     * @throws io.vertx.pgclient.PgException {@code MR001} if no worker has registered the task
     */
    public void submit(NewAudioJob job) {
        database.run(
                SUBMIT,
                Tuple.tuple()
                        .addUUID(job.id())
                        .addString(job.fileName())
                        .addString(job.format())
                        .addLong(job.sizeBytes())
                        .addString(job.inputKey())
                        .addString(job.projectId()));
    }

    private static final String GET = "SELECT * FROM audio_job_now WHERE id = $1";

    /** The audio job of this id. */
    public Optional<AudioJob> get(UUID id) {
        return database.first(GET, Tuple.of(id), AudioStore::read);
    }

    private static final String LIST = """
            SELECT * FROM audio_job_now
            WHERE ($1::text[] IS NULL OR status = ANY ($1)) AND ($2::text IS NULL OR project_id = $2) AND ($3::uuid IS NULL OR id < $3)
            ORDER BY id DESC LIMIT $4
            """;

    /**
     * A page of audio jobs, the newest first.
     *
     * @param statuses only these; all if there are none
     * @param project only this one's, null for all
     * @param after the last id of the page before, null for the first page
     */
    public List<AudioJob> list(
            Collection<AudioStatus> statuses, @Nullable String project, @Nullable UUID after, int limit) {
        return database.list(
                LIST,
                Tuple.tuple()
                        .addArrayOfString(
                                statuses.isEmpty()
                                        ? null
                                        : statuses.stream()
                                                .map(AudioStatus::wireName)
                                                .toArray(String[]::new))
                        .addString(project)
                        .addUUID(after)
                        .addInteger(limit),
                AudioStore::read);
    }

    private static final String STEMS = """
            SELECT s.name, s.key, s.size_bytes
            FROM audio_job a JOIN audio_stem s ON s.audio_job_id = a.id AND s.run = a.run
            WHERE a.id = $1 AND a.status = 'completed'
            ORDER BY s.position
            """;

    /** What a completed job was taken apart into; nothing as long as it is not. */
    public List<Stem> stems(UUID id) {
        return database.list(STEMS, Tuple.of(id), AudioStore::readStem);
    }

    private static final String BEGIN = """
            UPDATE audio_job SET status = 'processing', error = NULL, finished_at = NULL, task_job_id = $2, run = $3
            WHERE id = $1
            RETURNING *
            """;

    /**
     * A run begins: from now on it alone is heard.
     *
     * @param taskJobId the job of Millrace whose run it is
     * @param run the run's own name
     * @return empty if there is no such job
     */
    public Optional<AudioJob> begin(UUID id, UUID taskJobId, UUID run) {
        return database.first(BEGIN, Tuple.of(id, taskJobId, run), AudioStore::read);
    }

    private static final String LEFT_OVER = """
            SELECT name, key, size_bytes FROM audio_stem WHERE audio_job_id = $1 AND run <> $2
            """;

    /** Stems of the runs before this one, which nobody sees any more. */
    public List<Stem> leftOver(UUID id, UUID run) {
        return database.list(LEFT_OVER, Tuple.of(id, run), AudioStore::readStem);
    }

    private static final String FORGET_LEFT_OVER = "DELETE FROM audio_stem WHERE audio_job_id = $1 AND run <> $2";

    /** The files of {@link #leftOver} are deleted. */
    public void forgetLeftOver(UUID id, UUID run) {
        database.run(FORGET_LEFT_OVER, Tuple.of(id, run));
    }

    private static final String ANNOUNCE = """
            INSERT INTO audio_stem (audio_job_id, run, position, name, key, size_bytes)
            SELECT a.id, a.run, u.position, u.name, u.key, u.size_bytes
            FROM audio_job a, unnest($3::int[], $4::text[], $5::text[], $6::bigint[]) AS u(position, name, key, size_bytes)
            WHERE a.id = $1 AND a.run = $2
            """;

    /**
     * Writes down which stems a run is going to store.
     *
     * @return whether it is still heard; if not, nothing was written
     */
    public boolean announce(UUID id, UUID run, List<Stem> stems) {
        Tuple parameters = Tuple.tuple()
                .addUUID(id)
                .addUUID(run)
                .addArrayOfInteger(IntStream.range(0, stems.size()).boxed().toArray(Integer[]::new))
                .addArrayOfString(column(stems, Stem::name, String[]::new))
                .addArrayOfString(column(stems, Stem::key, String[]::new))
                .addArrayOfLong(column(stems, Stem::sizeBytes, Long[]::new));
        return database.run(ANNOUNCE, parameters).rowCount() > 0;
    }

    private static final String END = """
            UPDATE audio_job SET status = $3, error = $4, finished_at = now()
            WHERE id = $1 AND run = $2 AND status = 'processing'
            """;

    /** The stems that were announced are stored. @return whether the run is still heard */
    public boolean completed(UUID id, UUID run) {
        return end(id, run, AudioStatus.COMPLETED, null);
    }

    /** There will be no stems. @return whether the run is still heard */
    public boolean failed(UUID id, UUID run, String error) {
        return end(id, run, AudioStatus.FAILED, error);
    }

    private boolean end(UUID id, UUID run, AudioStatus status, @Nullable String error) {
        return database.run(
                                END,
                                Tuple.tuple()
                                        .addUUID(id)
                                        .addUUID(run)
                                        .addString(status.wireName())
                                        .addString(error))
                        .rowCount()
                > 0;
    }

    private static final String FILES = """
            SELECT input_key AS key FROM audio_job WHERE id = $1
            UNION ALL
            SELECT key FROM audio_stem WHERE audio_job_id = $1
            """;

    /** Every file that belongs to a job, by its key. */
    public List<String> files(UUID id) {
        return database.list(FILES, Tuple.of(id), row -> row.getString("key"));
    }

    private static final String DELETE = "DELETE FROM audio_job WHERE id = $1";

    /** Forgets a job; its {@link #files} are deleted before. */
    public void delete(UUID id) {
        database.run(DELETE, Tuple.of(id));
    }

    private static AudioJob read(Row row) {
        return new AudioJob(
                row.getUUID("id"),
                row.getString("file_name"),
                row.getString("format"),
                row.getLong("size_bytes"),
                row.getString("input_key"),
                AudioStatus.of(row.getString("status")),
                row.getString("error"),
                row.getUUID("task_job_id"),
                row.getString("project_id"),
                row.getOffsetDateTime("created_at").toInstant(),
                instant(row, "finished_at"));
    }

    private static Stem readStem(Row row) {
        return new Stem(row.getString("name"), row.getString("key"), row.getLong("size_bytes"));
    }
}
