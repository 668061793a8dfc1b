package io.mesocosm.services.api;

import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.services.ServicesSnapshot;
import io.mesocosm.services.ServicesSnapshot.SpecView;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.explain.Cluster;
import io.mesocosm.services.explain.Explainer;
import io.mesocosm.services.json.ExplanationWriter;
import java.time.InstantSource;
import java.util.Optional;

/** Why an app or a pod does not run as wanted; the master is asked while instances wait only. */
final class ExplainRoutes {
  private static final String POD_SUFFIX = "::explain";

  private final ServicesProxy core;
  private final ClusterView cluster;
  private final InstantSource clock;

  ExplainRoutes(ServicesProxy core, ClusterView cluster, InstantSource clock) {
    this.core = core;
    this.cluster = cluster;
    this.clock = clock;
  }

  /** {@code GET /v2/apps/{id}/explain}. */
  Response app(AppId id) {
    ServicesSnapshot snapshot = core.snapshot();
    return explain(
        snapshot, snapshot.app(id).orElseThrow(() -> Answers.notFound("App", id.path())));
  }

  static boolean isOfPod(String path) {
    return path.endsWith(POD_SUFFIX);
  }

  /**
   * {@code GET /v2/pods/{id}::explain}.
   *
   * @param path below {@code /v2/pods}, with the suffix
   */
  Response pod(Request request, String path) {
    if (!request.method().equals("GET")) {
      throw Answers.wrongMethod(request.method());
    }
    AppId id = new AppId(path.substring(0, path.length() - POD_SUFFIX.length()));
    ServicesSnapshot snapshot = core.snapshot();
    SpecView view = snapshot.pod(id).orElseThrow(() -> Answers.notFound("Pod", id.path()));
    return explain(snapshot, view);
  }

  private Response explain(ServicesSnapshot snapshot, SpecView view) {
    Optional<Cluster> known = view.waiting().isPresent() ? cluster.look() : Optional.empty();
    return Answers.json(
        200,
        ExplanationWriter.write(new Explainer(snapshot, known, clock.instant()).explain(view)));
  }
}
