using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Governing;

/// <summary>Whom members name, on a real database of this run's engine.</summary>
public sealed class NamingTests
{
    [Fact]
    public async Task Whom_a_member_names_holds_when_the_delay_is_over_and_each_is_told()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var (ana, ben, cyd, fay) = (nation.People["ana"], nation.People["ben"], nation.People["cyd"], nation.People["fay"]);
        await nation.Naming.NameAsync(fay, [ana, ben, cyd]);
        var circle = await nation.Naming.CircleOfAsync(fay);
        Assert.False(circle.IsNamed);
        Assert.Empty(circle.Contacts);
        Assert.Equal(3, circle.Needed);
        Assert.Equal(new[] { ana, ben, cyd }.Order(StringComparer.Ordinal), circle.Waiting.Select(one => one.MemberId));
        Assert.Equal([(fay, false, true)], await nation.Naming.ForAsync(ana));
        Assert.Equal("unknown_recovery", await DecidingTests.RefusedAsync(() => nation.Recovering.OpenAsync(ana, fay)));
        Assert.Equal([NoticeKind.RecoveryNamed.Name], await ToldAsync(nation, ana));
        Assert.Equal([NoticeKind.RecoveryListChanged.Name], await ToldAsync(nation, fay));

        nation.Time.Move(TimeSpan.FromDays(3));
        circle = await nation.Naming.CircleOfAsync(fay);
        Assert.Equal((true, 3, 0, (DateTimeOffset?)null), (circle.IsNamed, circle.Contacts.Count, circle.Waiting.Count, circle.WaitsUntil));
        Assert.Equal([(fay, true, true)], await nation.Naming.ForAsync(ana));
        await nation.Recovering.OpenAsync(ana, fay);
    }

    /// <summary>Who has found the wallet names others, and the member names theirs again: what held holds on, and who was named meanwhile never did.</summary>
    [Fact]
    public async Task A90_whoever_finds_a_wallet_does_not_replace_them_at_once_and_what_waits_is_replaced()
    {
        await using var nation = await NamedAsync("ana", "ben", "cyd");
        var fay = nation.People["fay"];
        await nation.Naming.NameAsync(fay, [nation.People["cyd"], nation.People["dee"], nation.People["eve"]]);
        Assert.Equal("unknown_recovery", await DecidingTests.RefusedAsync(() => nation.Recovering.OpenAsync(nation.People["dee"], fay)));
        Assert.Equal([(fay, false, true)], await nation.Naming.ForAsync(nation.People["dee"]));
        await nation.Naming.NameAsync(fay, [nation.People["ana"], nation.People["ben"], nation.People["cyd"], nation.People["eve"]]);
        Assert.Empty(await nation.Naming.ForAsync(nation.People["dee"]));
        nation.Time.Move(TimeSpan.FromDays(3));
        Assert.Equal("unknown_recovery", await DecidingTests.RefusedAsync(() => nation.Recovering.OpenAsync(nation.People["dee"], fay)));
        Assert.Equal([(fay, true, true)], await nation.Naming.ForAsync(nation.People["eve"]));
        Assert.Equal(4, (await nation.Naming.CircleOfAsync(fay)).Contacts.Count);
    }

    [Fact]
    public async Task Too_few_oneself_one_twice_or_nobody_is_refused_and_changes_nothing()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var (ana, ben, cyd, fay) = (nation.People["ana"], nation.People["ben"], nation.People["cyd"], nation.People["fay"]);
        foreach (var contacts in (string[][])[[], [ana, ben], [ana, ben, fay], [ana, ben, ben], [ana, ben, "nobody"]])
            Assert.Equal("invalid_contacts", await DecidingTests.RefusedAsync(() => nation.Naming.NameAsync(fay, contacts)));
        Assert.Equal("not_eligible", await DecidingTests.RefusedAsync(() => nation.Naming.NameAsync("nobody", [ana, ben, cyd])));
        await DecidingTests.ApprovedAsync(nation, Proposal.SuspendAtOnce(cyd, "harm", "Why.", 7), "ana");
        Assert.Equal("invalid_contacts", await DecidingTests.RefusedAsync(() => nation.Naming.NameAsync(fay, [ana, ben, cyd])));
        Assert.Empty((await nation.Naming.CircleOfAsync(fay)).Waiting);
        Assert.Empty(await ToldAsync(nation, fay));
    }

    [Fact]
    public async Task Who_declines_can_attest_no_more_and_the_member_is_told()
    {
        await using var nation = await NamedAsync("ana", "ben", "cyd");
        var (ana, dee, fay) = (nation.People["ana"], nation.People["dee"], nation.People["fay"]);
        Assert.Equal("unknown_recovery", await DecidingTests.RefusedAsync(() => nation.Naming.DeclineAsync(dee, fay)));
        await nation.Naming.DeclineAsync(ana, fay);
        Assert.Equal("unknown_recovery", await DecidingTests.RefusedAsync(() => nation.Naming.DeclineAsync(ana, fay)));
        Assert.Equal(1, (await ToldAsync(nation, fay)).Count(kind => kind == NoticeKind.RecoveryDeclined.Name));
        Assert.Equal([ana], (await nation.Naming.CircleOfAsync(fay)).Contacts.Where(one => one.HasDeclined).Select(one => one.MemberId));
        Assert.Empty(await nation.Naming.ForAsync(ana));
        Assert.Equal("unknown_recovery", await DecidingTests.RefusedAsync(() => nation.Recovering.OpenAsync(ana, fay)));

        // Two are left, and three must attest.
        Assert.Equal("recovery_closed", await DecidingTests.RefusedAsync(() => nation.Recovering.OpenAsync(nation.People["ben"], fay)));
    }

    /// <summary>A nation in which fay has named people, and they hold.</summary>
    internal static async Task<TestGovernment> NamedAsync(params string[] contacts)
    {
        var nation = await TestGovernment.GovernedAsync();
        await nation.Naming.NameAsync(nation.People["fay"], [.. contacts.Select(name => nation.People[name])]);
        nation.Time.Move(TimeSpan.FromDays(3));
        return nation;
    }

    /// <summary>The kinds of what a member was told, in their order.</summary>
    internal static async Task<IReadOnlyList<string>> ToldAsync(TestGovernment nation, string memberId) =>
        [.. (await Notices.OfMemberAsync(nation.Database, memberId, nation.Time.GetUtcNow().ToUnixTimeSeconds())).OrderBy(notice => notice.Id, StringComparer.Ordinal).Select(notice => notice.Kind)
            .Where(kind => kind.StartsWith("recovery_", StringComparison.Ordinal))];
}
