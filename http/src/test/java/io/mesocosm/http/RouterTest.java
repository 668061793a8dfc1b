package io.mesocosm.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RouterTest {
  private static final Handler ID = request -> Response.text(200, request.pathVariable("id"));

  @Test
  void literalPathIsFound() throws Exception {
    Router router = new Router().route("GET", "/health", _ -> Response.text(200, "fine"));

    assertThat(text(router, "GET", "/health")).isEqualTo("200 fine");
  }

  @Test
  void oneSegmentVariableTakesOneSegmentOnly() throws Exception {
    Router router = new Router().route("GET", "/v2/queue/{id}", ID);

    assertThat(text(router, "GET", "/v2/queue/a")).isEqualTo("200 a");
    assertThat(status(router, "GET", "/v2/queue/a/b")).isEqualTo(404);
    assertThat(status(router, "GET", "/v2/queue")).isEqualTo(404);
  }

  @Test
  void runTakesSeveralSegments() throws Exception {
    Router router = new Router().route("GET", "/v2/apps/{id...}", ID);

    assertThat(text(router, "GET", "/v2/apps/prod/web/nginx")).isEqualTo("200 prod/web/nginx");
    assertThat(status(router, "GET", "/v2/apps")).isEqualTo(404);
  }

  @Test
  void doubledAndTrailingSlashesDoNotCount() throws Exception {
    Router router =
        new Router()
            .route("GET", "/v2/apps/{id...}", ID)
            .route("GET", "/v2/apps/{id...}/tasks", ID);

    assertThat(text(router, "GET", "/v2/apps//nginx")).isEqualTo("200 nginx");
    assertThat(text(router, "GET", "/v2/apps/nginx/")).isEqualTo("200 nginx");
    assertThat(text(router, "GET", "/v2/apps//prod//nginx/tasks/")).isEqualTo("200 prod/nginx");
  }

  @Test
  void runInTheMiddleLeavesTheLiteralsBehindIt() throws Exception {
    Router router =
        new Router()
            .route(
                "DELETE",
                "/v2/apps/{id...}/tasks/{task}",
                request ->
                    Response.text(
                        200, request.pathVariable("id") + " " + request.pathVariable("task")));

    assertThat(text(router, "DELETE", "/v2/apps/a/tasks/b/tasks/c")).isEqualTo("200 a/tasks/b c");
  }

  @Test
  void patternWithMoreLiteralsWinsInWhateverOrderTheyWereAdded() throws Exception {
    Handler app = _ -> Response.text(200, "app");
    Handler tasks = _ -> Response.text(200, "tasks");

    Router appFirst =
        new Router().route("GET", "/apps/{id...}", app).route("GET", "/apps/{id...}/tasks", tasks);
    Router tasksFirst =
        new Router().route("GET", "/apps/{id...}/tasks", tasks).route("GET", "/apps/{id...}", app);

    assertThat(text(appFirst, "GET", "/apps/a/tasks")).isEqualTo("200 tasks");
    assertThat(text(tasksFirst, "GET", "/apps/a/tasks")).isEqualTo("200 tasks");
  }

  @Test
  void oneSegmentWinsOverRun() throws Exception {
    Router router =
        new Router()
            .route("GET", "/files/{path...}", _ -> Response.text(200, "run"))
            .route("GET", "/files/{name}", _ -> Response.text(200, "one"));

    assertThat(text(router, "GET", "/files/a")).isEqualTo("200 one");
    assertThat(text(router, "GET", "/files/a/b")).isEqualTo("200 run");
  }

  @Test
  void firstAddedWinsAmongEquals() throws Exception {
    Router router =
        new Router()
            .route("GET", "/{a}/x", _ -> Response.text(200, "first"))
            .route("GET", "/y/{b}", _ -> Response.text(200, "second"));

    assertThat(text(router, "GET", "/y/x")).isEqualTo("200 first");
  }

  @Test
  void knownPathWithOtherMethodTellsTheAllowedOnes() throws Exception {
    Router router = new Router().route("PUT", "/quota", ID).route("GET", "/quota", ID);

    Response response = router.handle(request("POST", "/quota"));

    assertThat(response.status()).isEqualTo(405);
    assertThat(response.headers()).containsEntry("Allow", "GET, HEAD, PUT");
  }

  @Test
  void wrongMethodAndNotFoundCanBeWordedByTheRole() throws Exception {
    Router router =
        new Router()
            .route("POST", "/api/v1", ID)
            .notFound(_ -> Response.json(404, "{}"))
            .wrongMethod(request -> Response.text(405, "not " + request.method()));

    Response wrongMethod = router.handle(request("GET", "/api/v1"));

    assertThat(text(router, "GET", "/nowhere")).isEqualTo("404 {}");
    assertThat(text(wrongMethod)).isEqualTo("405 not GET");
    assertThat(wrongMethod.headers()).containsEntry("Allow", "POST");
  }

  @Test
  void starTakesEveryMethod() throws Exception {
    Router router = new Router().route("*", "/any", _ -> Response.empty(204));

    assertThat(status(router, "PATCH", "/any")).isEqualTo(204);
  }

  @Test
  void filtersWrapEveryAnswerFirstAddedOutermost() throws Exception {
    Router router =
        new Router()
            .filter((request, next) -> next.handle(request).withHeader("Order", "outer"))
            .filter((request, next) -> next.handle(request).withHeader("Order", "inner"))
            .filter((request, next) -> {
              try {
                return next.handle(request);
              } catch (IllegalStateException e) {
                return Response.text(409, "filtered: " + e.getMessage());
              }
            })
            .route(
                "GET",
                "/busy",
                _ -> {
                  throw new IllegalStateException("locked");
                });

    Response busy = router.handle(request("GET", "/busy"));

    assertThat(text(busy)).isEqualTo("409 filtered: locked");
    assertThat(busy.headers()).containsEntry("Order", "outer");
    assertThat(router.handle(request("GET", "/nowhere")).headers()).containsKey("Order");
  }

  @Test
  void malformedPatternIsRefused() {
    Router router = new Router();

    assertThatThrownBy(() -> router.route("GET", "/a/{b", ID))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("{b is no {name}");
    assertThatThrownBy(() -> router.route("GET", "/{a}/{a...}", ID))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("two variables of one name");
  }

  private static Request request(String method, String path) {
    return new Request(
        method,
        path,
        Map.of(),
        new TreeMap<>(),
        Map.of(),
        new byte[0],
        InetSocketAddress.createUnresolved("test", 1));
  }

  private static int status(Router router, String method, String path) throws Exception {
    return router.handle(request(method, path)).status();
  }

  private static String text(Router router, String method, String path) throws Exception {
    return text(router.handle(request(method, path)));
  }

  private static String text(Response response) {
    assertThat(response).isInstanceOf(Response.Whole.class);
    return response.status()
        + " "
        + new String(((Response.Whole) response).body(), StandardCharsets.UTF_8);
  }
}
