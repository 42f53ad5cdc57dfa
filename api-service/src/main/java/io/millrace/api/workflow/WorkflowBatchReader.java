package io.millrace.api.workflow;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.access.Caller;
import io.millrace.api.body.JsonFields;
import io.millrace.api.caller.Callers;
import io.millrace.api.problem.FieldError;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemCode;
import io.millrace.job.JobIds;
import io.millrace.workflow.NewWorkflowBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a batch of remote workflows, and says everything that is wrong with it. */
final class WorkflowBatchReader {

    private static final int NAME_LENGTH = 200;
    private static final Set<String> OF_A_BATCH = Set.of("name", "project_id", "jobs");
    private static final Set<String> OF_A_JOB = Set.of("name", "payload");

    /** The remote side gets numbers as they were written. */
    private static final ObjectMapper EXACT = JsonMapper.builder()
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final List<FieldError> errors = new ArrayList<>();

    private final Caller caller;

    private WorkflowBatchReader(Caller caller) {
        this.caller = caller;
    }

    static NewWorkflowBatch read(byte[] body, int maxJobs, JobIds ids, Caller caller) {
        return new WorkflowBatchReader(caller).batch(JsonFields.required(body, OF_A_BATCH, EXACT), maxJobs, ids);
    }

    private NewWorkflowBatch batch(JsonNode body, int maxJobs, JobIds ids) {
        var id = ids.next();
        String name = name(body, "name", "name");
        String project = Callers.project(caller, name(body, "project_id", "project_id"));
        JsonNode jobs = body.path("jobs");
        if (jobs.size() > maxJobs) {
            throw Problem.of(ProblemCode.BATCH_TOO_LARGE, "One batch may have " + maxJobs + " jobs.");
        }
        var members = new ArrayList<NewWorkflowBatch.Member>(jobs.size());
        if (!jobs.isArray() || jobs.isEmpty()) {
            errors.add(new FieldError("jobs", "must be an array of at least one job"));
        } else {
            for (int i = 0; i < jobs.size(); i++) {
                members.add(member(jobs.get(i), "jobs[" + i + "]", ids));
            }
        }
        if (!errors.isEmpty()) {
            throw Problem.of(ProblemCode.INVALID_REQUEST, errors);
        }
        return new NewWorkflowBatch(id, name, project, members);
    }

    private NewWorkflowBatch.Member member(JsonNode job, String at, JobIds ids) {
        if (!job.isObject()) {
            errors.add(new FieldError(at, "must be an object with a payload"));
            return new NewWorkflowBatch.Member(ids.next(), null, "{}");
        }
        JsonFields.refuseOthers(job, OF_A_JOB, at + ".");
        JsonNode payload = job.path("payload");
        if (!payload.isObject()) {
            errors.add(new FieldError(at + ".payload", "must be an object: it is what the remote side gets"));
        }
        return new NewWorkflowBatch.Member(ids.next(), name(job, "name", at + ".name"), payload.toString());
    }

    private @Nullable String name(JsonNode object, String field, String path) {
        JsonNode value = object.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        String text = value.asText();
        if (!value.isTextual() || text.isBlank() || text.length() > NAME_LENGTH || text.indexOf('\0') >= 0) {
            errors.add(new FieldError(path, "must be a string of 1 to " + NAME_LENGTH + " characters"));
        }
        return text;
    }
}
