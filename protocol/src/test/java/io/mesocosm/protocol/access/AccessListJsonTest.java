package io.mesocosm.protocol.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.model.access.AccessList;
import io.mesocosm.model.access.Action;
import io.mesocosm.model.access.Names;
import io.mesocosm.model.access.Principal;
import io.mesocosm.protocol.InvalidMessageException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AccessListJsonTest {
  @Test
  void documentOfMesosIsUnderstood() throws Exception {
    AccessList list =
        parse(
            """
            {
              'permissive': false,
              'run_tasks': [
                {'principals': {'values': ['marathon', 'b\\u00e4r']}, 'users': {'type': 'ANY'}},
                {'principals': {'type': 'NONE'}, 'users': {'values': ['root'], 'type': 'SOME'}}
              ],
              'get_endpoints': [
                {'principals': {'values': ['ops']}, 'paths': {'values': ['/metrics/snapshot']}}
              ],
              'register_agents': []
            }
            """);

    assertThat(list.permissive()).isFalse();
    assertThat(list.rulesByAction().get(Action.RUN_TASK))
        .containsExactly(
            new AccessList.Rule(Names.only(List.of("marathon", "bär")), new Names.Any()),
            new AccessList.Rule(new Names.Nobody(), Names.only(List.of("root"))));
    assertThat(
            list.allows(
                Optional.of(Principal.of("ops")),
                Action.GET_ENDPOINT_WITH_PATH,
                "/metrics/snapshot"))
        .isTrue();
  }

  @ParameterizedTest
  @EnumSource(Action.class)
  void everyActionHasItsKeyAndObject(Action action) throws Exception {
    AccessList list =
        parse(
            "{'permissive':false,'%s':[{'principals':{'values':['a']},'%s':{'type':'ANY'}}]}"
                .formatted(action.key(), action.objectKey()));

    assertThat(list.allows(Optional.of(Principal.of("a")), action, "x")).isTrue();
    assertThat(list.allows(Optional.of(Principal.of("b")), action, "x")).isFalse();
  }

  @Test
  void emptyDocumentAllowsEverything() throws Exception {
    assertThat(parse("{}").permissive()).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'run_task':[]} | acls: no action has the key 'run_task'",
        "{'permissive':'no'} | acls: permissive is a string: expected true or false",
        "{'run_tasks':{}} | acls: run_tasks is an object: expected an array of rules",
        "{'run_tasks':[1]} | acls: run_tasks[0] is a number: expected an object with principals",
        "{'run_tasks':[{'principals':{'type':'ANY'},'roles':{'type':'ANY'}}]} | unknown key 'roles'",
        "{'run_tasks':[{'principals':{'type':'ANY'}}]} | run_tasks[0].users is null: expected",
        "{'run_tasks':[{'principals':{},'users':{'type':'ANY'}}]} | principals names nothing",
        "{'run_tasks':[{'principals':{'type':'ALL'},'users':{'type':'ANY'}}]} | is 'ALL'",
        "{'run_tasks':[{'principals':{'type':'ANY','values':['a']},'users':{'type':'ANY'}}]} | both",
        "{'run_tasks':[{'principals':{'values':[1]},'users':{'type':'ANY'}}]} | values[0] is a number",
        "{'view_flags':[{'principals':{'type':'ANY'},'flags':{'values':['x']}}]} | only type ANY or",
        "{'get_endpoints':[{'principals':{'type':'ANY'},'paths':{'values':['/x']}}]} | some of",
        "{'run_tasks':[],'run_tasks':[]} | 'run_tasks' is there twice",
        "[] | object",
        "{'run_tasks' | too early",
      })
  void whatIsNotMeantSoIsRefusedInOneLine(String json, String complaint) {
    assertThatThrownBy(() -> parse(json))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageContaining(complaint)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }

  @Test
  void deepNestingIsRefused() {
    assertThatThrownBy(() -> AccessListJson.parse("{\"a\":" + "[".repeat(100_000)))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageContaining("nested deeper");
  }

  private static AccessList parse(String json) throws InvalidMessageException {
    return AccessListJson.parse(json.replace('\'', '"'));
  }
}
