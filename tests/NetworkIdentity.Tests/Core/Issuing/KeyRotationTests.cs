using NetworkIdentity.Governing;
using NetworkIdentity.Issuing;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Tests.Core.Governing;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Issuing;

/// <summary>Keys that are replaced before the clock does it, on a real database of this run's engine.</summary>
public sealed class KeyRotationTests
{
    public static TheoryData<string> Purposes => [.. KeyRotation.Purposes.Select(purpose => purpose.Name)];

    [Theory]
    [MemberData(nameof(Purposes))]
    public async Task At_once_the_successors_sign_and_what_was_signed_before_is_verified_for_as_long_as_it_counts(string name)
    {
        await using var nation = await TestNation.FoundAsync();
        var purpose = KeyRotation.Purpose(name);
        var before = purpose.Algorithms.ToDictionary(algorithm => algorithm, algorithm => nation.Keys.CurrentKey(purpose, algorithm));
        var made = await new KeyRotation(nation.Database, nation.Keys, nation.Time).RotateAsync(purpose, atOnce: true);

        Assert.Equal(purpose.Algorithms.Order(StringComparer.Ordinal), made.Select(key => key.Algorithm).Order(StringComparer.Ordinal));
        foreach (var key in made)
        {
            Assert.Equal(key.Kid, nation.Keys.CurrentKey(purpose, key.Algorithm).Kid);
            Assert.Equal(before[key.Algorithm].Generation + 1, key.Generation);
            Assert.Equal([("make-key", "server"), (Act.RotateKeys, "founder")], (await Journal.OfAsync(nation.Database, key.Kid)).Select(row => (row.Act, row.Actor)));
        }

        // The old ones end, and are there for who verifies.
        nation.Time.Move(TimeSpan.FromDays(2));
        await nation.Keys.RenewAsync();
        foreach (var old in before.Values.Select(key => nation.Keys.Keys.Single(held => held.Kid == key.Kid)))
        {
            Assert.True(old.RetireAfter < nation.Time.GetUtcNow());
            Assert.Equal(old.RetireAfter + purpose.OutlivedBy, old.PublishUntil);
            Assert.Contains(old, nation.Keys.Published(purpose));
        }

        // No other purpose's were touched, and the clock goes on with the successors.
        Assert.All(nation.Keys.Keys.Where(key => key.Purpose != purpose && key.Purpose.IsByTime), key => Assert.Equal(1, key.Generation));
        nation.Time.Move(TimeSpan.FromDays(365));
        await nation.Keys.RenewAsync();
        Assert.All(purpose.Algorithms, algorithm => Assert.Equal(before[algorithm].Generation + 2, nation.Keys.CurrentKey(purpose, algorithm).Generation));
    }

    [Fact]
    public async Task Without_haste_the_successors_are_published_for_a_week_before_they_sign()
    {
        await using var nation = await TestNation.FoundAsync();
        var before = nation.Keys.CurrentKey(KeyPurpose.IdToken);
        var made = (await new KeyRotation(nation.Database, nation.Keys, nation.Time).RotateAsync(KeyPurpose.IdToken, atOnce: false)).Single(key => key.Algorithm == before.Algorithm);
        Assert.Contains(made, nation.Keys.Published(KeyPurpose.IdToken));
        Assert.Equal(before.Kid, nation.Keys.CurrentKey(KeyPurpose.IdToken).Kid);
        nation.Time.Move(TimeSpan.FromDays(7));
        Assert.Equal(made.Kid, nation.Keys.CurrentKey(KeyPurpose.IdToken).Kid);
        nation.Time.Move(TimeSpan.FromDays(2));
        await nation.Keys.RenewAsync();
        Assert.True(nation.Keys.Keys.Single(key => key.Kid == before.Kid).RetireAfter < nation.Time.GetUtcNow());

        // Haste after that ends the one that waited too.
        var waits = (await new KeyRotation(nation.Database, nation.Keys, nation.Time).RotateAsync(KeyPurpose.IdToken, atOnce: false)).Single(key => key.Algorithm == before.Algorithm);
        var last = (await new KeyRotation(nation.Database, nation.Keys, nation.Time).RotateAsync(KeyPurpose.IdToken, atOnce: true)).Single(key => key.Algorithm == before.Algorithm);
        nation.Time.Move(TimeSpan.FromDays(8));
        Assert.Equal(last.Kid, nation.Keys.CurrentKey(KeyPurpose.IdToken).Kid);
        Assert.True(nation.Keys.Keys.Single(key => key.Kid == waits.Kid).RetireAfter < nation.Time.GetUtcNow());
    }

    /// <summary>Two servers, and the clock: each makes a generation of its own, and the last one signs at both.</summary>
    [Fact]
    public async Task Servers_that_rotate_at_once_make_no_generation_twice_and_agree()
    {
        await using var nation = await TestNation.FoundAsync();
        await using var otherDatabase = nation.OpenDatabase();
        var other = (await Founding.OpenAsync(otherDatabase, nation.Time, TestNation.Secret))!;
        await Task.WhenAll(
            Task.Run(() => new KeyRotation(nation.Database, nation.Keys, nation.Time).RotateAsync(KeyPurpose.Credential, atOnce: true)),
            Task.Run(() => new KeyRotation(otherDatabase, other, nation.Time).RotateAsync(KeyPurpose.Credential, atOnce: true)));
        await Task.WhenAll(nation.Keys.RenewAsync(), other.RenewAsync());
        Assert.Equal([1, 2, 3], nation.Keys.Keys.Where(key => key.Purpose == KeyPurpose.Credential).Select(key => key.Generation));
        Assert.Equal(nation.Keys.CurrentKey(KeyPurpose.Credential).Kid, other.CurrentKey(KeyPurpose.Credential).Kid);
    }

    [Theory]
    [InlineData("root")]
    [InlineData("subject")]
    [InlineData("log")]
    [InlineData("did-update")]
    [InlineData("")]
    public void What_others_know_the_nation_by_is_not_replaced(string name) => Assert.Equal("unknown_purpose", Assert.Throws<Refusal>(() => KeyRotation.Purpose(name)).Code);

    [Fact]
    public async Task I11_in_a_governed_nation_a_quorum_replaces_keys_and_the_founder_does_not()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var keys = nation.Nation.Keys;
        var before = keys.CurrentKey(KeyPurpose.Credential);
        Assert.Equal("mandate_missing", await DecidingTests.RefusedAsync(() => new KeyRotation(nation.Database, keys, nation.Time).RotateAsync(KeyPurpose.Credential, atOnce: true)));
        Assert.Equal("unknown_purpose", await DecidingTests.RefusedAsync(() => nation.Deciding.ProposeAsync(Proposal.RotateKeys("root", true, "Why."), nation.People["ana"])));
        Assert.Equal("not_eligible", await DecidingTests.RefusedAsync(() => nation.Deciding.ProposeAsync(Proposal.RotateKeys("credential", true, "Why."), nation.People["fay"])));

        var decision = await DecidingTests.ApprovedAsync(nation, Proposal.RotateKeys("credential", true, "A disk was lost."), "ana", "ben");
        Assert.Equal(Decisions.Open, decision.Row.State);
        Assert.Equal(before.Kid, keys.CurrentKey(KeyPurpose.Credential).Kid);
        decision = await nation.Elsewhere.ApproveAsync(decision.Row.Id, nation.People["cyd"]);
        Assert.Equal(Decisions.Done, decision.Row.State);
        await keys.RenewAsync();
        var after = keys.CurrentKey(KeyPurpose.Credential);
        Assert.NotEqual(before.Kid, after.Kid);
        Assert.Contains((Act.RotateKeys, decision.Row.Id), await nation.JournalAsync(after.Kid));

        // What a member holds is as good as before.
        Assert.True(await nation.StandsAsync("fay"));
    }
}
