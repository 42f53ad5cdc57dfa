package io.millrace.api.audio;

import io.millrace.api.body.Ids;
import io.millrace.api.body.PageOf;
import io.millrace.api.body.QueryParams;
import io.millrace.api.caller.Callers;
import io.millrace.api.problem.FieldError;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemBody;
import io.millrace.api.problem.ProblemCode;
import io.millrace.audio.AudioJob;
import io.millrace.audio.AudioStatus;
import io.millrace.audio.Stem;
import io.millrace.storage.Storage;
import io.millrace.store.AudioStore;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestForm;
import org.jboss.resteasy.reactive.RestHeader;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.multipart.FileUpload;
import org.jspecify.annotations.Nullable;

/** Sounds that are separated into stems. */
@Path(AudioResource.PATH)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Audio separation")
public class AudioResource {

    static final String PATH = "/api/v1/audio/jobs";

    private static final String PROBLEM_JSON = "application/problem+json";
    private static final String WAV = "audio/wav";
    private static final int NAME_LENGTH = 200;

    private final AudioStore store;
    private final Storage storage;
    private final Uploads uploads;

    AudioResource(AudioStore store, Storage storage, Uploads uploads) {
        this.store = store;
        this.storage = storage;
        this.uploads = uploads;
    }

    @POST
    @RunOnVirtualThread
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    @Operation(
            operationId = "submitAudioJob",
            summary = "Separate a sound into stems",
            description = "Takes a WAV or FLAC file as the form's field file. Answers once it is stored and committed.")
    @APIResponse(
            responseCode = "202",
            description = "Accepted",
            content = @Content(schema = @Schema(implementation = AudioJobView.Accepted.class)))
    @APIResponse(
            responseCode = "413",
            description = "payload_too_large",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    @APIResponse(
            responseCode = "415",
            description = "not_audio",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    @APIResponse(
            responseCode = "422",
            description = "empty_audio, corrupt_audio, invalid_request",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public RestResponse<AudioJobView.Accepted> submit(
            @RestForm("file") @Nullable FileUpload file, @RestForm("project_id") @Nullable String project) {
        if (file == null) {
            throw Problem.invalid("file", "must be a file, as a part of a form (multipart/form-data)");
        }
        String owner = Callers.project(Callers.current(), named("project_id", project));
        UUID id = uploads.take(file.uploadedFile(), named("file", file.fileName()), owner);
        return RestResponse.ResponseBuilder.<AudioJobView.Accepted>create(RestResponse.Status.ACCEPTED)
                .header(HttpHeaders.LOCATION, PATH + "/" + id)
                .entity(new AudioJobView.Accepted(id, AudioStatus.PENDING.wireName()))
                .build();
    }

    private static @Nullable String named(String field, @Nullable String name) {
        if (name == null || name.isBlank()) {
            return null;
        }
        if (name.length() > NAME_LENGTH || name.indexOf('\0') >= 0) {
            throw Problem.invalid(field, "must have a name of at most " + NAME_LENGTH + " characters");
        }
        return name;
    }

    @GET
    @RunOnVirtualThread
    @Operation(
            operationId = "listAudioJobs",
            summary = "List sounds",
            description = "The newest first, a page at a time; status may name several, such as pending,processing.")
    public AudioJobView.Page list(
            @RestQuery @Nullable String status,
            @RestQuery("project_id") @Nullable String project,
            @RestQuery @Nullable String limit,
            @RestQuery @Nullable String cursor) {
        var errors = new ArrayList<FieldError>(0);
        List<AudioStatus> statuses = QueryParams.values(
                "status", status, word -> AudioStatus.of(word.toLowerCase(Locale.ROOT)), "is not a status", errors);
        int asked = QueryParams.limit(limit, errors);
        UUID after = QueryParams.after(cursor, UUID::fromString, errors);
        QueryParams.refuse(errors);
        // What is empty is not asked for.
        String wanted = project == null || project.isEmpty() ? null : project;
        String owner = Callers.project(Callers.current(), wanted);
        List<AudioJob> found = store.list(statuses, owner, after, asked + 1);
        var page = PageOf.cut(
                found, asked, AudioJobView.Summary::of, last -> last.id().toString());
        return new AudioJobView.Page(page.items(), page.nextCursor());
    }

    @GET
    @Path("/{id}")
    @RunOnVirtualThread
    @Operation(operationId = "getAudioJob", summary = "Look at a sound and its stems")
    @APIResponse(
            responseCode = "200",
            description = "The job",
            content = @Content(schema = @Schema(implementation = AudioJobView.class)))
    @APIResponse(
            responseCode = "404",
            description = "job_not_found",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public AudioJobView get(@RestPath String id) {
        AudioJob job = find(id);
        return AudioJobView.of(job, store.stems(job.id()));
    }

    @GET
    @Path("/{id}/stems/{name}")
    @RunOnVirtualThread
    @Produces(WAV)
    @Operation(
            operationId = "getAudioStem",
            summary = "Get a stem",
            description = "A WAV file; with Range, the bytes of it that are asked for.")
    @APIResponse(responseCode = "200", description = "The file", content = @Content(mediaType = WAV))
    @APIResponse(responseCode = "206", description = "The bytes that were asked for")
    @APIResponse(
            responseCode = "404",
            description = "job_not_found, stem_not_found",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    @APIResponse(
            responseCode = "409",
            description = "job_not_finished, job_failed",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public RestResponse<InputStream> stem(
            @RestPath String id, @RestPath String name, @RestHeader("Range") @Nullable String range) {
        Stem stem = findStem(find(id), name);
        ByteRange bytes = range == null
                ? ByteRange.whole(stem.sizeBytes())
                : ByteRange.of(range, stem.sizeBytes())
                        .orElseThrow(() -> Problem.of(
                                ProblemCode.RANGE_NOT_SATISFIABLE, "The stem has " + stem.sizeBytes() + " bytes."));
        boolean whole = bytes.length() == stem.sizeBytes();
        var response = RestResponse.ResponseBuilder.<InputStream>create(
                        whole ? RestResponse.Status.OK : RestResponse.Status.PARTIAL_CONTENT)
                .type(WAV)
                .header(HttpHeaders.CONTENT_LENGTH, bytes.length())
                .header("Accept-Ranges", "bytes")
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + stem.name() + ".wav\"")
                .entity(open(stem, bytes));
        if (!whole) {
            response.header("Content-Range", bytes.inFileOf(stem.sizeBytes()));
        }
        return response.build();
    }

    private Stem findStem(AudioJob job, String name) {
        return switch (job.status()) {
            case PENDING, PROCESSING ->
                throw Problem.of(
                        ProblemCode.JOB_NOT_FINISHED,
                        "Audio job " + job.id() + " is " + job.status().wireName() + ".");
            case FAILED ->
                throw Problem.of(ProblemCode.JOB_FAILED, "Audio job " + job.id() + " has failed: " + job.error());
            case COMPLETED ->
                store.stems(job.id()).stream()
                        .filter(stem -> stem.name().equals(name))
                        .findFirst()
                        .orElseThrow(() -> Problem.of(
                                ProblemCode.STEM_NOT_FOUND, "Audio job " + job.id() + " has no stem '" + name + "'."));
        };
    }

    private InputStream open(Stem stem, ByteRange bytes) {
        try {
            return storage.open(stem.key(), bytes.from(), bytes.length());
        } catch (NoSuchFileException e) {
            throw Problem.of(ProblemCode.STEM_NOT_FOUND, "The file of the stem '" + stem.name() + "' is gone.");
        } catch (IOException e) {
            throw Uploads.unavailable("a stem could not be read", e);
        }
    }

    @DELETE
    @Path("/{id}")
    @RunOnVirtualThread
    @Operation(
            operationId = "deleteAudioJob",
            summary = "Forget a sound and its stems",
            description = "One that has not ended is not forgotten: revoke its job (task_job_id) first.")
    @APIResponse(responseCode = "204", description = "Forgotten, with its files")
    @APIResponse(
            responseCode = "404",
            description = "job_not_found",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    @APIResponse(
            responseCode = "409",
            description = "job_not_finished",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public void delete(@RestPath String id) {
        AudioJob job = find(id);
        if (!job.status().ended()) {
            throw Problem.of(
                    ProblemCode.JOB_NOT_FINISHED,
                    "Audio job " + id + " is " + job.status().wireName() + "; revoke its job " + job.taskJobId()
                            + " first.");
        }
        try {
            for (String key : store.files(job.id())) {
                storage.delete(key);
            }
        } catch (IOException e) {
            throw Uploads.unavailable("the files of an audio job could not be deleted", e);
        }
        // Last, so that whoever is interrupted before can ask again.
        store.delete(job.id());
    }

    private AudioJob find(String id) {
        return Ids.read(id)
                .flatMap(store::get)
                .orElseThrow(() -> Problem.of(ProblemCode.JOB_NOT_FOUND, "There is no audio job '" + id + "'."));
    }
}
