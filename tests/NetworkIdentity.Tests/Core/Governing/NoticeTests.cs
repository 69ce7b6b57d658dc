using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.House;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Governing;

/// <summary>What people are told of, by the act that it tells of.</summary>
public sealed class NoticeTests
{
    [Fact]
    public async Task A_member_is_told_of_each_step_of_what_is_decided_about_them()
    {
        await using var nation = await AppealingTests.EightAsync();
        var fay = nation.People["fay"];
        var first = await DecidingTests.ApprovedAsync(nation, Proposal.Suspend(fay, "harm", "Why.", 30), "ana", "ben", "cyd");
        Assert.Contains(NoticeKind.SuspensionNoticed.Name, await ToldAsync(nation, fay));
        nation.Time.Move(TimeSpan.FromDays(4));
        await nation.Deciding.GoOnAsync();
        Assert.Contains(NoticeKind.Suspended.Name, await ToldAsync(nation, fay));
        await nation.Appealing.AppealAsync(first.Row.Id, fay, "It was not me.");
        var question = Assert.Single(await nation.Deciding.ForAsync(nation.People["dee"]));
        foreach (var name in (string[])["dee", "eve", "gil"]) await nation.Deciding.ApproveAsync(question.Row.Id, nation.People[name]);
        Assert.Contains(NoticeKind.AppealDecided.Name, await ToldAsync(nation, fay));

        await DecidingTests.ApprovedAsync(nation, Proposal.Revoke(fay, "harm", "Why."), "ana", "ben", "cyd", "dee");
        nation.Time.Move(TimeSpan.FromDays(22));
        await nation.Deciding.GoOnAsync();
        await DecidingTests.ApprovedAsync(nation, Proposal.Reinstate(fay, "We have talked."), "ana", "ben", "cyd");
        Assert.Contains(NoticeKind.Reinstated.Name, await ToldAsync(nation, fay));
    }

    [Fact]
    public async Task A_steward_is_told_of_a_mandate_and_of_its_end_and_a_member_of_a_renewal_that_can_be_taken()
    {
        await using var nation = await AppealingTests.EightAsync();
        var eve = nation.People["eve"];
        Assert.Contains(NoticeKind.MandateGiven.Name, await ToldAsync(nation, nation.People["ana"]));
        var mandate = (await Steward.InForceAsync(nation.Database, nation.Time.GetUtcNow(), eve)).Single();
        await DecidingTests.ApprovedAsync(nation, Proposal.Dismiss(mandate, "Never there."), "ana", "ben", "cyd");
        Assert.Contains(NoticeKind.Dismissed.Name, await ToldAsync(nation, eve));

        nation.Time.Move(TimeSpan.FromDays(220));
        await nation.Granting.AskAsync(nation.People["fay"]);
        var question = (await nation.Deciding.ForAsync(nation.People["ana"])).Single(one => one.Row.Act == Act.Renew);
        foreach (var name in (string[])["ana", "ben"]) await nation.Deciding.ApproveAsync(question.Row.Id, nation.People[name]);
        Assert.Contains(NoticeKind.OfferReady.Name, await ToldAsync(nation, nation.People["fay"]));
    }

    [Fact]
    public async Task Who_asks_to_join_is_told_that_it_came_that_it_ends_soon_and_what_was_decided()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var applied = await nation.Applying.ApplyAsync("Kim", "I cook.", "Lisbon");
        var row = (await Applications.FindAsync(nation.Database, applied.Id))!;
        Assert.Equal([NoticeKind.ApplicationReceived.Name], await ToldAsync(nation, row.MemberId));
        nation.Time.Move(TimeSpan.FromSeconds((row.OpenUntil - row.AppliedAt) * 0.8) + TimeSpan.FromMinutes(1));
        Assert.Equal(NoticeKind.ApplicationEndsSoon.Name, (await ToldAsync(nation, row.MemberId))[0]);
        foreach (var name in (string[])["ana", "ben"]) await nation.Applying.VouchAsync(applied.VouchCode, nation.People[name], "Cooks.");
        await DecidingTests.ApprovedAsync(nation, Proposal.Refuse((await Applications.FindAsync(nation.Database, applied.Id))!, "met", "No."), "ana", "ben");
        Assert.Contains(NoticeKind.ApplicationDecided.Name, await ToldAsync(nation, row.MemberId));
    }

    [Fact]
    public void There_is_no_kind_that_nobody_sends()
    {
        var sent = Tree.Files("src/NetworkIdentity", ".cs").Where(file => !file.EndsWith("NoticeKind.cs", StringComparison.Ordinal)).Select(Tree.Read).ToList();
        foreach (var kind in typeof(NoticeKind).GetFields(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Static).Where(field => field.FieldType == typeof(NoticeKind)))
            Assert.True(sent.Any(text => text.Contains($"NoticeKind.{kind.Name}", StringComparison.Ordinal)), kind.Name);
    }

    private static async Task<IReadOnlyList<string>> ToldAsync(TestGovernment nation, string memberId) =>
        [.. (await Notices.OfMemberAsync(nation.Database, memberId, nation.Time.GetUtcNow().ToUnixTimeSeconds())).Select(row => row.Kind)];
}
