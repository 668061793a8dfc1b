package io.mesocosm.services.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.services.ApiAnswer;
import io.mesocosm.services.ServicesCommand.ChangeApps.Change;
import io.mesocosm.services.ServicesSnapshot;
import io.mesocosm.services.ServicesSnapshot.AppView;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.json.AppReader;
import io.mesocosm.services.json.AppUpdates;
import io.mesocosm.services.json.AppWriter;
import io.mesocosm.services.json.InvalidRequestException;
import io.mesocosm.services.json.Json;
import io.mesocosm.services.json.QueueWriter;
import io.mesocosm.services.json.SnapshotWriter;
import io.mesocosm.services.json.SnapshotWriter.Embed;
import io.mesocosm.services.json.Timestamps;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code /v2/apps} and what is below it, except tasks. */
final class AppRoutes {
  /** How often a change is merged anew when others change the app meanwhile. */
  private static final int MERGES_MAX = 5;

  private final ServicesProxy core;
  private final AppReader reader;
  private final AppUpdates updates;
  private final InstantSource clock;

  AppRoutes(ServicesProxy core, AppReader reader, InstantSource clock) {
    this.core = core;
    this.reader = reader;
    this.updates = new AppUpdates(reader);
    this.clock = clock;
  }

  Response list(Request request) {
    AppFilter filter = AppFilter.of(request);
    Embed embed = Embed.LIST.and(new Query(request).values("embed"), "apps.");
    ArrayNode apps = Answers.object().arrayNode();
    for (AppView view : core.snapshot().apps().values()) {
      if (filter.matches(view.app())) {
        apps.add(SnapshotWriter.app(view, embed));
      }
    }
    return Answers.json(200, Answers.object().set("apps", apps));
  }

  Response create(Request request) {
    boolean force = new Query(request).flag("force", false);
    AppDefinition app = reader.read(Json.parse(request.body()));
    ApiAnswer answer = core.createApp(app, force);
    if (!(answer instanceof ApiAnswer.Deployed deployed)) {
      throw Answers.refused(answer);
    }
    AppDefinition stored = deployed.apps().getFirst();
    return Answers.json(201, SnapshotWriter.created(stored, deployed.deployment()))
        .withHeader("Location", stored.id().path())
        .withHeader("Marathon-Deployment-Id", deployed.deployment().value());
  }

  Response get(Request request, AppId id) {
    AppView view = view(id);
    Embed embed = Embed.ONE.and(new Query(request).values("embed"), "app.");
    return Answers.json(200, Answers.object().set("app", SnapshotWriter.app(view, embed)));
  }

  /** {@code /v2/apps/group/*}: the apps of a group and of those within it. */
  Response getGroup(Request request, AppId group) {
    Embed embed = Embed.LIST.and(new Query(request).values("embed"), "apps.");
    ArrayNode apps = Answers.object().arrayNode();
    core.snapshot().apps().values().stream()
        .filter(view -> view.app().id().isBelow(group))
        .forEach(view -> apps.add(SnapshotWriter.app(view, embed)));
    return Answers.json(200, Answers.object().set("*", apps));
  }

  /**
   * @param mayCreate whether an app that is missing is made
   * @param partial whether what is not said stays as it is
   */
  private record Update(AppId id, JsonNode json, boolean mayCreate, boolean partial) {}

  Response put(Request request, AppId id) {
    boolean partial = new Query(request).flag("partialUpdate", true);
    return change(request, () -> new Update(id, Json.parse(request.body()), true, partial));
  }

  Response patch(Request request, AppId id) {
    return change(request, () -> new Update(id, Json.parse(request.body()), false, true));
  }

  private Response change(Request request, java.util.function.Supplier<Update> update) {
    Update read = update.get();
    boolean existed = core.snapshot().apps().containsKey(read.id());
    ApiAnswer answer = change(List.of(read), new Query(request).flag("force", false));
    return Answers.deployedOrRefused(existed ? 200 : 201, answer);
  }

  /** {@code PUT} and {@code PATCH} of several apps at once. */
  Response changeAll(Request request, boolean mayCreate) {
    Query query = new Query(request);
    boolean partial = !mayCreate || query.flag("partialUpdate", true);
    JsonNode json = Json.parse(request.body());
    if (!json.isArray()) {
      throw InvalidRequestException.unreadable(Map.of("/", List.of("error.expected.jsarray")));
    }
    List<Update> all = new ArrayList<>();
    Set<AppId> ids = new LinkedHashSet<>();
    for (JsonNode one : json) {
      if (!one.path("id").isTextual()) {
        throw InvalidRequestException.unreadable(
            Map.of("(" + all.size() + ")/id", List.of("error.path.missing")));
      }
      AppId id = new AppId(one.get("id").textValue());
      if (!ids.add(id)) {
        throw InvalidRequestException.broken(
            "(" + all.size() + ")/id", id + " is there more than once");
      }
      all.add(new Update(id, one, mayCreate, partial));
    }
    if (all.isEmpty()) {
      throw InvalidRequestException.broken("/", "must not be empty");
    }
    return Answers.deployedOrRefused(200, change(all, query.flag("force", false)));
  }

  /** Merges with what there is; if that changed before the core came to it, merges again. */
  private ApiAnswer change(List<Update> all, boolean force) {
    ApiAnswer answer = new ApiAnswer.Retry();
    for (int i = 0; i < MERGES_MAX && answer instanceof ApiAnswer.Retry; i++) {
      ServicesSnapshot snapshot = core.snapshot();
      List<Change> changes = all.stream().map(update -> merged(snapshot, update)).toList();
      answer = core.changeApps(changes, force);
    }
    return answer;
  }

  private Change merged(ServicesSnapshot snapshot, Update update) {
    Optional<AppView> view = Optional.ofNullable(snapshot.apps().get(update.id()));
    Optional<Instant> expected = view.map(present -> present.app().version());
    if (view.isEmpty() && !update.mayCreate()) {
      throw Answers.notFound("App", update.id().path());
    }
    Optional<Instant> rollback =
        update.partial() ? AppUpdates.rollback(update.json()) : Optional.empty();
    if (rollback.isPresent()) {
      AppView present = view.orElseThrow(() -> Answers.notFound("App", update.id().path()));
      return new Change(version(present, rollback.get()), expected);
    }
    AppDefinition app =
        view.isPresent() && update.partial()
            ? updates.merged(view.get().app(), update.json())
            : updates.complete(update.id(), update.json());
    return new Change(app, expected);
  }

  Response delete(Request request, AppId id) {
    boolean force = new Query(request).flag("force", true);
    return Answers.deployedOrRefused(200, core.deleteApp(id, force));
  }

  Response restart(Request request, AppId id) {
    boolean force = new Query(request).flag("force", false);
    return Answers.deployedOrRefused(200, core.restartApp(id, force));
  }

  Response versions(AppId id) {
    ObjectNode body = Answers.object();
    ArrayNode versions = body.putArray("versions");
    new ArrayList<>(view(id).versions().keySet())
        .reversed()
        .forEach(version -> versions.add(Timestamps.format(version)));
    return Answers.json(200, body);
  }

  Response version(AppId id, String text) {
    Instant version =
        Timestamps.parse(text)
            .orElseThrow(() ->
                InvalidRequestException.bad(
                    "version " + text + ": expected a time such as 2014-03-01T23:29:30.158Z"));
    return Answers.json(200, AppWriter.write(version(view(id), version)));
  }

  /** Why the app does not have all its instances. */
  Response explain(AppId id) {
    return Answers.json(200, QueueWriter.explanation(view(id), clock.instant()));
  }

  private static AppDefinition version(AppView view, Instant version) {
    return Optional.ofNullable(view.versions().get(version))
        .orElseThrow(() ->
            new io.mesocosm.http.HttpException(
                Answers.message(
                    404,
                    "App '"
                        + view.app().id()
                        + "' does not exist in version "
                        + Timestamps.format(version))));
  }

  private AppView view(AppId id) {
    return Optional.ofNullable(core.snapshot().apps().get(id))
        .orElseThrow(() -> Answers.notFound("App", id.path()));
  }
}
