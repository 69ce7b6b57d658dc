using NetworkIdentity.Ledger;

namespace NetworkIdentity.Tests.Core.Ledger;

public sealed class CensusRollTests
{
    private const long Now = 1_000;

    private readonly CensusRoll _roll = new();
    private long _index;

    [Fact]
    public void A_person_is_there_once_whatever_they_hold()
    {
        Issue("a", "ana", "lisbon");
        Issue("b", "ana", "lisbon");
        Issue("c", "ana", "lisbon", "residency");
        var ana = Assert.Single(_roll.At(Now));
        Assert.Equal(("salt of a", "lisbon", "membership,residency"), (ana.Key, ana.Node, string.Join(',', ana.Types.Order(StringComparer.Ordinal))));
    }

    [Fact]
    public void Who_was_revoked_or_is_suspended_or_whose_membership_has_ended_is_not_there()
    {
        foreach (var one in (string[])["ana", "ben", "cyd", "dee", "eve"]) Issue(one, one, null, until: one == "dee" ? Now : Now + 1);
        Act("revoke", "ana");
        Act("suspend", "ben");
        Act("suspend", "cyd");
        Act("resume", "cyd");
        Assert.Equal(["salt of cyd", "salt of eve"], _roll.At(Now).Select(person => person.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_a_decision_did_to_somebody_under_another_name_than_a_credentials_moves_nobody()
    {
        Issue("a", "ana", null);
        Act("revoke", "ana");
        Assert.Single(_roll.At(Now));
    }

    [Fact]
    public void A_credential_is_counted_for_who_belongs_alone_and_an_exit_certificate_for_nobody()
    {
        Issue("a", "ana", null, "residency");
        Issue("b", "ben", null);
        Issue("c", "ben", null, "exit");
        Assert.Equal(["membership"], Assert.Single(_roll.At(Now)).Types);
    }

    [Fact]
    public void Of_two_ids_that_were_merged_one_is_there()
    {
        Issue("a", "ana", null);
        Issue("b", "ana again", null);
        Act("revoke", "b");
        Assert.Equal("salt of a", Assert.Single(_roll.At(Now)).Key);
    }

    [Fact]
    public void Somebody_is_where_they_were_when_they_were_last_given_something_and_keeps_their_key()
    {
        Issue("a", "ana", "lisbon");
        Issue("b", "ana", "austin");
        Act("revoke", "b");
        Assert.Equal(("salt of a", "austin"), _roll.At(Now).Select(person => (person.Key, person.Node)).Single());
    }

    private void Issue(string id, string member, string? node, string type = "membership", long until = Now + 1) =>
        _roll.Add(new(_index++, "issue", id, new Counted(member, node, $"salt of {id}", type, until)));

    private void Act(string act, string subject) => _roll.Add(new(_index++, act, subject, null));
}
