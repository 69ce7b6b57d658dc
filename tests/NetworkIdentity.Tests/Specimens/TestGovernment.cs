using NetworkIdentity.Governing;
using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Core.Governing;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>A nation with two nodes, a charter and people, and two servers' worth of deciding on its one database.</summary>
internal sealed class TestGovernment : IAsyncDisposable
{
    private readonly TestIssuing _issuing;
    private readonly Database _other;

    private TestGovernment(TestIssuing issuing)
    {
        _issuing = issuing;
        _other = issuing.Nation.OpenDatabase();
        Deciding = On(issuing.Nation.Database);
        Elsewhere = On(_other);
        Applying = new(Database, Nation.Keys, issuing.Offering, Deciding, Time);
        var offeringElsewhere = new Offering(_other, Nation.Keys, Nation.Did, CredentialType.LoadAll(), Time);
        ApplyingElsewhere = new(_other, Nation.Keys, offeringElsewhere, Elsewhere, Time);
        Naming = new(Database, Time);
        Recovering = new(Database, issuing.Offering, Deciding, Time);
        RecoveringElsewhere = new(_other, offeringElsewhere, Elsewhere, Time);
        (Appealing, Granting) = DueProcess(Database, issuing.Offering, Deciding);
        (AppealingElsewhere, GrantingElsewhere) = DueProcess(_other, offeringElsewhere, Elsewhere);
    }

    public TestNation Nation => _issuing.Nation;

    public Database Database => Nation.Database;

    public ManualTime Time => Nation.Time;

    public TestIssuing Issuing => _issuing;

    /// <summary>Deciding on one server.</summary>
    public Deciding Deciding { get; }

    /// <summary>Deciding on another.</summary>
    public Deciding Elsewhere { get; }

    /// <summary>Where facts are witnessed.</summary>
    public Witnessing Witnessing => new(Database, Nation.Keys, Time);

    /// <summary>What members take because it follows from the record.</summary>
    public Earning Earning => new(Database, _issuing.Offering, Witnessing.Book, Time);

    /// <summary>Joining, on one server.</summary>
    public Applying Applying { get; }

    /// <summary>Joining, on another.</summary>
    public Applying ApplyingElsewhere { get; }

    /// <summary>Whom members name.</summary>
    public Naming Naming { get; }

    /// <summary>Getting another wallet, on one server.</summary>
    public Recovering Recovering { get; }

    /// <summary>Getting another wallet, on another.</summary>
    public Recovering RecoveringElsewhere { get; }

    /// <summary>Appeals, on one server.</summary>
    public Appealing Appealing { get; }

    /// <summary>Appeals, on another.</summary>
    public Appealing AppealingElsewhere { get; }

    /// <summary>Memberships to take, on one server.</summary>
    public Granting Granting { get; }

    /// <summary>Memberships to take, on another.</summary>
    public Granting GrantingElsewhere { get; }

    /// <summary>The members, by name.</summary>
    public Dictionary<string, string> People { get; } = [];

    /// <summary>Founds it, with the co-living charter.</summary>
    public static async Task<TestGovernment> FoundAsync(params (string Name, string? Node, string[] Acts)[] stewards)
    {
        var government = new TestGovernment(await TestIssuing.StartAsync());
        foreach (var node in (string[])["Lisbon", "Austin"]) await Node.AddAsync(government.Database, government.Time, node, "Somewhere");
        await Rules.AdoptAsync(government.Database, government.Time, CharterTests.CoLiving);
        foreach (var (name, node, acts) in stewards)
        {
            await government.JoinAsync(name, node ?? "Lisbon");
            await government.AppointAsync(name, node, acts);
        }

        return government;
    }

    /// <summary>A nation in which everything can be decided, and the founder decides nothing any more: ana to eve for the nation, fay a member of Austin.</summary>
    public static async Task<TestGovernment> GovernedAsync()
    {
        var government = await FoundAsync([.. ((string[])["ana", "ben", "cyd", "dee", "eve"]).Select(name => (name, (string?)null, Act.All.ToArray()))]);
        await government.JoinAsync("fay", "Austin");
        government.Time.Move(TimeSpan.FromDays(100));
        await Rules.EndFoundingAsync(government.Database, government.Time);
        return government;
    }

    /// <summary>A person becomes a member, on the founder's word.</summary>
    public async Task JoinAsync(string name, string node)
    {
        await _issuing.TakeAsync(1, "membership", ("display_name", name), ("node", node));
        People.Add(name, (await Members.AllAsync(Database)).Select(row => row.Id).Except(People.Values).Single());
    }

    /// <summary>A person becomes a member once the founder has no word any more: they apply, two vouch, two admit.</summary>
    public async Task JoinFurtherAsync(string name, string node)
    {
        var applied = await Applying.ApplyAsync(name, "I cook.", node);
        foreach (var voucher in (string[])["ana", "ben"]) await Applying.VouchAsync(applied.VouchCode, People[voucher], "Cooks.");
        var question = (await Deciding.ForAsync(People["ana"])).Single(one => one.Row.Subject == applied.Id);
        foreach (var steward in (string[])["ana", "ben"]) await Deciding.ApproveAsync(question.Row.Id, People[steward]);
        var made = await Applying.CollectAsync(applied.Secret);
        var (token, _) = await _issuing.Offering.RedeemAsync((await _issuing.Offering.FindAsync(made.Id))!.Offer.PreAuthorizedCode, made.TransactionCode, null);
        await _issuing.Issuer.IssueAsync(token, await _issuing.RequestAsync([TestWallet.NewKey()]));
        await Applying.GoOnAsync();
        People.Add(name, made.MemberId);
    }

    /// <summary>A mandate, on the founder's word, for a year.</summary>
    public Task<Steward> AppointAsync(string name, string? node, params string[] acts) =>
        Steward.AppointAsync(Database, Time, People[name], node, acts, DateOnly.FromDateTime(Time.GetUtcNow().UtcDateTime.AddDays(365)));

    /// <summary>Whether all that a person holds stands.</summary>
    public async Task<bool> StandsAsync(string name) =>
        (await Credentials.ListAsync(Database, People[name])).All(row => row.Stands(Time.GetUtcNow().ToUnixTimeSeconds()));

    /// <summary>The acts that were written about a record.</summary>
    public async Task<IReadOnlyList<(string Act, string Actor)>> JournalAsync(string subject) => [.. (await Journal.OfAsync(Database, subject)).Select(row => (row.Act, row.Actor))];

    public async ValueTask DisposeAsync()
    {
        await _other.DisposeAsync();
        await _issuing.DisposeAsync();
    }

    /// <summary>Appeals and memberships to take, on a server of one's own.</summary>
    public (Appealing Appealing, Granting Granting) DueProcess(Database database) => DueProcess(database, new(database, Nation.Keys, Nation.Did, CredentialType.LoadAll(), Time), On(database));

    private (Appealing Appealing, Granting Granting) DueProcess(Database database, Offering offering, Deciding deciding)
    {
        var undoing = new Undoing(database, Nation.Keys, new Suspensions(database, Nation.Keys, Time), Time);
        return (new(database, Nation.Keys, deciding, undoing, Time), new(database, offering, new Revoker(database, Nation.Keys, Time), deciding, undoing, Time));
    }

    /// <summary>Deciding, on a server of one's own.</summary>
    public Deciding On(Database database) => new(
        database, Nation.Keys, new Enacting(database, Nation.Keys, new Revoker(database, Nation.Keys, Time), new Suspensions(database, Nation.Keys, Time), new(database, Nation.Keys, Time), Time), Time);
}
