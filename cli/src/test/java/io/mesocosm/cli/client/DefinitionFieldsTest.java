package io.mesocosm.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

class DefinitionFieldsTest {
  @Test
  void anAppOfMarathon14KeepsItsMappingsAndNotTheListsThatRepeatThem() {
    JsonNode kept =
        app(
            """
            {"id":"/web","args":null,"uris":[],"fetch":[],"storeUrls":[],"ports":[10000],
             "portDefinitions":[{"port":10000,"protocol":"tcp","labels":{}}],"requirePorts":false,
             "container":{"type":"DOCKER","volumes":[],"docker":{"image":"nginx","network":"BRIDGE",
               "portMappings":[{"containerPort":80,"hostPort":0,"servicePort":10000}],"credential":null}},
             "ipAddress":null,"residency":null,"tasksStaged":0,"tasksRunning":1,"tasksHealthy":0,
             "tasksUnhealthy":0,"deployments":[],"version":"x"}
            """);

    assertThat(kept)
        .isEqualTo(
            Api.parse(
                """
                {"id":"/web","fetch":[],"requirePorts":false,
                 "container":{"type":"DOCKER","volumes":[],"docker":{"image":"nginx","network":"BRIDGE",
                   "portMappings":[{"containerPort":80,"hostPort":0,"servicePort":10000}]}}}
                """));
  }

  @Test
  void newerWordsWinOverTheOldOnesBesideThem() {
    JsonNode kept =
        app(
            """
            {"id":"/web","uris":["http://x/y"],"fetch":[{"uri":"http://x/y","extract":false}],
             "networks":[{"mode":"container/bridge"}],"ipAddress":{"labels":{}},
             "container":{"portMappings":[{"containerPort":80}],
               "docker":{"image":"i","network":"BRIDGE","portMappings":[{"containerPort":80}]}}}
            """);

    assertThat(kept)
        .isEqualTo(
            Api.parse(
                """
                {"id":"/web","fetch":[{"uri":"http://x/y","extract":false}],
                 "networks":[{"mode":"container/bridge"}],
                 "container":{"portMappings":[{"containerPort":80}],"docker":{"image":"i"}}}
                """));
  }

  @Test
  void urisAloneStay() {
    assertThat(app("{\"id\":\"/a\",\"uris\":[\"http://x\"],\"fetch\":[]}"))
        .isEqualTo(Api.parse("{\"id\":\"/a\",\"uris\":[\"http://x\"]}"));
  }

  @Test
  void portsThatNothingElseSaysStay() {
    assertThat(app("{\"id\":\"/a\",\"ports\":[10000,10001]}"))
        .isEqualTo(Api.parse("{\"id\":\"/a\",\"ports\":[10000,10001]}"));
  }

  private static JsonNode app(String json) {
    JsonNode app = Api.parse(json);
    return DefinitionFields.app(app, app.path("id").asText());
  }
}
