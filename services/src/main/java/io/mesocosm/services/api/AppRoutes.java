package io.mesocosm.services.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.http.HttpException;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.services.ApiAnswer;
import io.mesocosm.services.DeploymentId;
import io.mesocosm.services.GivenAnswer;
import io.mesocosm.services.ServicesConfig;
import io.mesocosm.services.ServicesSnapshot;
import io.mesocosm.services.ServicesSnapshot.SpecView;
import io.mesocosm.services.Wish;
import io.mesocosm.services.WriteOptions;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.event.ServicesEvent;
import io.mesocosm.services.json.AppReader;
import io.mesocosm.services.json.AppRules;
import io.mesocosm.services.json.AppUpdates;
import io.mesocosm.services.json.AppWriter;
import io.mesocosm.services.json.InvalidRequestException;
import io.mesocosm.services.json.Json;
import io.mesocosm.services.json.SnapshotWriter;
import io.mesocosm.services.json.SnapshotWriter.Embed;
import io.mesocosm.services.json.Timestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/** {@code /v2/apps} and what is below it, except tasks. */
final class AppRoutes {
  /** How often a change is merged anew when others change the app meanwhile. */
  private static final int MERGES_MAX = 20;

  private final ServicesProxy core;
  private final AppReader reader;
  private final ServicesConfig config;
  private final Consumer<ServicesEvent> events;

  AppRoutes(
      ServicesProxy core, AppReader reader, ServicesConfig config, Consumer<ServicesEvent> events) {
    this.config = config;
    this.events = events;
    this.core = core;
    this.reader = reader;
  }

  Response list(Request request) {
    AppFilter filter = AppFilter.of(request);
    Embed embed = Embed.LIST.and(new Query(request).values("embed"), "apps.");
    return Pages.of(
        request,
        core.snapshot(),
        "apps",
        view -> !view.isPod() && filter.matches(view.app()),
        (view, json) -> SnapshotWriter.writeApp(view, embed, json));
  }

  Response create(Request request) {
    AppDefinition app = reader(core.snapshot()).read(Json.parse(request.body()));
    ApiAnswer answer =
        core.change(
            List.of(new Wish.Add(app)), OptionalLong.empty(), Writes.options(request, false));
    announce(request, answer);
    return switch (answer) {
      case ApiAnswer.Deployed deployed ->
          created((AppDefinition) deployed.specs().getFirst(), deployed.deployment());
      case ApiAnswer.Repeated(GivenAnswer first) ->
          core.snapshot()
              .past()
              .version(app.id(), first.version())
              .map(stored -> created((AppDefinition) stored, first.deployment()))
              .orElseGet(() -> Answers.deployedOrRefused(201, answer));
      case ApiAnswer.Planned planned -> Answers.planned(planned);
      default -> throw Answers.refused(answer);
    };
  }

  private static Response created(AppDefinition stored, DeploymentId deployment) {
    return Answers.json(201, SnapshotWriter.created(stored, deployment))
        .withHeader("Location", stored.id().path())
        .withHeader("Marathon-Deployment-Id", deployment.value());
  }

  Response get(Request request, AppId id) {
    SpecView view = view(id);
    Embed embed = Embed.ONE.and(new Query(request).values("embed"), "app.");
    return Answers.json(200, Answers.object().set("app", SnapshotWriter.app(view, embed)));
  }

  /** {@code /v2/apps/group/*}: the apps of a group and of those within it. */
  Response getGroup(Request request, AppId group) {
    Embed embed = Embed.LIST.and(new Query(request).values("embed"), "apps.");
    return Pages.of(
        request,
        core.snapshot(),
        "*",
        view -> !view.isPod() && view.spec().id().isBelow(group),
        (view, json) -> SnapshotWriter.writeApp(view, embed, json));
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
    boolean existed = core.snapshot().specs().containsKey(read.id());
    ApiAnswer answer = change(List.of(read), Writes.options(request, false));
    announce(request, answer);
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
    ApiAnswer answer = change(all, Writes.options(request, false));
    announce(request, answer);
    return Answers.deployedOrRefused(200, answer);
  }

  /** Of every app that the request brought. */
  private void announce(Request request, ApiAnswer answer) {
    if (answer instanceof ApiAnswer.Deployed deployed) {
      for (RunSpec spec : deployed.specs()) {
        if (spec instanceof AppDefinition app) {
          events.accept(
              new ServicesEvent.AppPosted(Requests.clientIp(request), request.path(), app));
        }
      }
    }
  }

  /** Merges with what there is; if that changed before the core came to it, merges again. */
  private ApiAnswer change(List<Update> all, WriteOptions options) {
    ApiAnswer answer = new ApiAnswer.Retry();
    for (int i = 0; i < MERGES_MAX && answer instanceof ApiAnswer.Retry; i++) {
      ServicesSnapshot snapshot = core.snapshot();
      List<Wish> wishes = all.stream().map(update -> merged(snapshot, update)).toList();
      answer = core.change(wishes, OptionalLong.empty(), options);
    }
    return answer;
  }

  private Wish merged(ServicesSnapshot snapshot, Update update) {
    Optional<SpecView> view = snapshot.app(update.id());
    Optional<Instant> expected = view.map(present -> present.spec().version());
    if (view.isEmpty() && !update.mayCreate()) {
      throw Answers.notFound("App", update.id().path());
    }
    if (snapshot.pod(update.id()).isPresent()) {
      throw Answers.refused(new ApiAnswer.AlreadyExists("pod", update.id().path()));
    }
    Optional<Instant> rollback =
        update.partial() ? AppUpdates.rollback(update.json()) : Optional.empty();
    if (rollback.isPresent()) {
      if (view.isEmpty()) {
        throw Answers.notFound("App", update.id().path());
      }
      AppDefinition earlier = version(snapshot, update.id(), rollback.get());
      AppRules.requireUpdatable(view.get().app(), earlier);
      return new Wish.Put(earlier, expected);
    }
    AppUpdates updates = new AppUpdates(reader(snapshot));
    AppDefinition app =
        view.isPresent() && update.partial()
            ? updates.merged(view.get().app(), update.json())
            : updates.complete(update.id(), update.json());
    view.ifPresent(present -> AppRules.requireUpdatable(present.app(), app));
    return new Wish.Put(app, expected);
  }

  /** Knows the roles that groups insist on just now. */
  private AppReader reader(ServicesSnapshot snapshot) {
    return reader.withRoles(GroupRoles.of(config, snapshot));
  }

  Response delete(Request request, AppId id) {
    WriteOptions options = Writes.options(request, true);
    view(id);
    return Answers.deployedOrRefused(
        200, core.change(List.of(new Wish.Remove(id)), OptionalLong.empty(), options));
  }

  Response restart(Request request, AppId id) {
    WriteOptions options = Writes.options(request, false);
    view(id);
    return Answers.deployedOrRefused(
        200, core.change(List.of(new Wish.Restart(id)), OptionalLong.empty(), options));
  }

  Response versions(AppId id) {
    ObjectNode body = Answers.object();
    ArrayNode versions = body.putArray("versions");
    new ArrayList<>(view(id).versions())
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
    view(id);
    return Answers.json(200, AppWriter.write(version(core.snapshot(), id, version)));
  }

  private static AppDefinition version(ServicesSnapshot snapshot, AppId id, Instant version) {
    return snapshot
        .past()
        .version(id, version)
        .filter(AppDefinition.class::isInstance)
        .map(AppDefinition.class::cast)
        .orElseThrow(() ->
            new HttpException(
                Answers.message(
                    404,
                    "App '" + id + "' does not exist in version " + Timestamps.format(version))));
  }

  private SpecView view(AppId id) {
    return core.snapshot().app(id).orElseThrow(() -> Answers.notFound("App", id.path()));
  }
}
