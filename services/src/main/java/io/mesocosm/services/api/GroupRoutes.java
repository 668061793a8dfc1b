package io.mesocosm.services.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.mesocosm.http.HttpException;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.services.ApiAnswer;
import io.mesocosm.services.ServicesConfig;
import io.mesocosm.services.ServicesSnapshot;
import io.mesocosm.services.Wish;
import io.mesocosm.services.WriteOptions;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.GroupDefinition;
import io.mesocosm.services.json.AppReader;
import io.mesocosm.services.json.AppRoles;
import io.mesocosm.services.json.AppUpdates;
import io.mesocosm.services.json.GroupUpdate;
import io.mesocosm.services.json.GroupWriter;
import io.mesocosm.services.json.InvalidRequestException;
import io.mesocosm.services.json.Json;
import io.mesocosm.services.json.SnapshotWriter;
import io.mesocosm.services.json.Timestamps;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/** {@code /v2/groups} and what is below it (contracts/marathon-api.md §2, §15). */
final class GroupRoutes {
  /** How often a change is made out anew when others change definitions meanwhile. */
  private static final int ATTEMPTS_MAX = 50;

  private final ServicesProxy core;
  private final AppReader reader;
  private final ServicesConfig config;

  GroupRoutes(ServicesProxy core, AppReader reader, ServicesConfig config) {
    this.core = core;
    this.reader = reader;
    this.config = config;
  }

  private GroupUpdate read(AppId base, JsonNode json) {
    AppId id = json.path("id").isTextual() ? base.resolve(json.path("id").textValue()) : base;
    AppRoles roles = GroupRoles.of(config, core.snapshot(), id, json);
    return GroupUpdate.read(base, json, new AppUpdates(reader.withRoles(roles)));
  }

  private GroupWishes wishes(ServicesSnapshot snapshot) {
    return new GroupWishes(snapshot, config.newGroupRole() == ServicesConfig.EnforcedRole.TOP);
  }

  Response get(Request request, AppId id) {
    List<String> values = new Query(request).values("embed");
    boolean usual = values.isEmpty();
    GroupWriter.Embed embed =
        new GroupWriter.Embed(
            usual || values.contains("group.groups"),
            usual || values.stream().anyMatch(value -> value.startsWith("group.apps")),
            usual || values.contains("group.pods"),
            new SnapshotWriter.Embed(false, false, false, false, false).and(values, "group.apps."));
    return GroupWriter.write(core.snapshot(), id, embed)
        .map(json -> Answers.json(200, json))
        .orElseThrow(() -> Answers.notFound("Group", id.path()));
  }

  Response apps(Request request, AppId id) {
    SnapshotWriter.Embed embed =
        SnapshotWriter.Embed.LIST.and(new Query(request).values("embed"), "group.apps.");
    ArrayNode apps = Answers.object().arrayNode();
    core.snapshot().below(id).stream()
        .filter(view -> !view.isPod())
        .forEach(view -> apps.add(SnapshotWriter.app(view, embed)));
    return Answers.json(200, apps);
  }

  Response versions(AppId id) {
    requireGroup(core.snapshot(), id);
    ArrayNode versions = Answers.object().arrayNode();
    List.copyOf(core.snapshot().past().changes(id))
        .reversed()
        .forEach(version -> versions.add(Timestamps.format(version)));
    return Answers.json(200, versions);
  }

  Response version(AppId id, String text) {
    Instant moment =
        Timestamps.parse(text)
            .orElseThrow(() ->
                InvalidRequestException.bad(
                    "version " + text + ": expected a time such as 2014-03-01T23:29:30.158Z"));
    return GroupWriter.write(core.snapshot().past(), id, moment)
        .map(json -> Answers.json(200, json))
        .orElseThrow(() -> Answers.notFound("Group", id + "' at '" + text));
  }

  private static void requireGroup(ServicesSnapshot snapshot, AppId id) {
    if (!snapshot.isGroup(id)) {
      throw Answers.notFound("Group", id.path());
    }
  }

  Response create(Request request, AppId base) {
    JsonNode json = Json.parse(request.body());
    if (!json.path("id").isTextual() && base.isRoot()) {
      throw InvalidRequestException.broken("/id", "must be given: the id of the new group");
    }
    GroupUpdate update = read(base, json);
    ApiAnswer answer =
        change(
            Writes.options(request, false),
            snapshot -> {
              if (snapshot.specs().containsKey(update.id())) {
                throw conflict("An app with the path " + update.id() + " already exists.");
              }
              if (snapshot.isGroup(update.id())) {
                throw conflict(
                    "Group " + update.id() + " is already created. Use PUT to change this group.");
              }
              return wishes(snapshot).of(update);
            });
    return Answers.deployedOrRefused(201, answer).withHeader("Location", update.id().path());
  }

  private static HttpException conflict(String message) {
    return new HttpException(Answers.message(409, message));
  }

  Response put(Request request, AppId base) {
    GroupUpdate update = read(base, Json.parse(request.body()));
    ApiAnswer answer =
        change(Writes.options(request, false), snapshot -> wishes(snapshot).of(update));
    return Answers.deployedOrRefused(200, answer);
  }

  /** Only who must have which role, and only of top-level groups. */
  Response patch(Request request, AppId id) {
    JsonNode json = Json.parse(request.body());
    if (!json.path("enforceRole").isBoolean() || json.size() != 1) {
      throw InvalidRequestException.broken(
          "/", "only enforceRole can be changed this way: expected {\"enforceRole\": true}");
    }
    if (id.segments().size() != 1) {
      throw InvalidRequestException.broken(
          "/enforceRole", "enforceRole can only be set on a top-level group, not on " + id);
    }
    boolean enforced = json.path("enforceRole").booleanValue();
    ApiAnswer answer =
        change(
            Writes.options(request, false),
            snapshot -> {
              requireGroup(snapshot, id);
              GroupDefinition present =
                  Optional.ofNullable(snapshot.groups().get(id)).orElse(GroupDefinition.plain(id));
              return List.of(
                  new Wish.PutGroup(
                      new GroupDefinition(
                          id, present.dependencies(), enforced, present.version())));
            });
    Response deployed = Answers.deployedOrRefused(200, answer);
    return answer instanceof ApiAnswer.Planned ? deployed : Response.empty(200);
  }

  Response delete(Request request, AppId id) {
    ApiAnswer answer =
        change(
            Writes.options(request, false),
            snapshot -> {
              requireGroup(snapshot, id);
              return wishes(snapshot).removing(id);
            });
    return Answers.deployedOrRefused(200, answer);
  }

  /**
   * What is wanted depends on all that is there: if that changed meanwhile, it is made out anew.
   */
  private ApiAnswer change(WriteOptions options, Function<ServicesSnapshot, List<Wish>> wishes) {
    ApiAnswer answer = new ApiAnswer.Retry();
    for (int i = 0; i < ATTEMPTS_MAX && answer instanceof ApiAnswer.Retry; i++) {
      ServicesSnapshot snapshot = core.snapshot();
      answer = core.change(wishes.apply(snapshot), OptionalLong.of(snapshot.generation()), options);
    }
    return answer;
  }
}
