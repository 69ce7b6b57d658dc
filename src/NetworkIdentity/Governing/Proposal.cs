using System.Text.Json.Nodes;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Governing;

/// <summary>What somebody proposes to decide, in words and values. Its factories are the acts that a nation can decide today; each says what the values are.</summary>
/// <param name="Act">One of <see cref="Governing.Act"/>: the rule by which it is decided is that of the act.</param>
/// <param name="Subject">The id of what it would be done to. There is one open proposal of an act on it by each who proposes.</param>
/// <param name="MemberId">The member whom it is about, who decides nothing in it; null for nobody.</param>
/// <param name="NodeId">The node that it is about; null for none.</param>
/// <param name="Content">The values.</param>
public sealed record Proposal(string Act, string Subject, string? MemberId, string? NodeId, JsonObject Content)
{
    /// <summary>The acts that can be proposed.</summary>
    public static readonly IReadOnlyList<string> Acts =
    [
        Governing.Act.Suspend, Governing.Act.SuspendAtOnce, Governing.Act.Revoke, Governing.Act.Appoint, Governing.Act.Dismiss, Governing.Act.AddNode, Governing.Act.RotateKeys,
        Governing.Act.ChangeCharter, Governing.Act.Witness, Governing.Act.Reinstate, Governing.Act.Merge,
        Governing.Act.Issue,
        Governing.Act.NameGuardian, Governing.Act.EndGuardian,
        Governing.Act.Recognise, Governing.Act.EndRecognition,
    ];

    /// <summary>What can be proposed in place of a question that was put, by the question's act: its other answer, from that question and no other way.</summary>
    public static readonly IReadOnlyDictionary<string, string> Instead = new Dictionary<string, string>
    {
        [Governing.Act.Admit] = Governing.Act.Refuse,
        [Governing.Act.DecideAppeal] = Governing.Act.UpholdAppeal,
    };

    /// <summary>How many proposals of one member can be open at once: each tells all who decide it.</summary>
    public const int MostOpen = 20;

    /// <summary>Of <see cref="Rebind"/>: who attested.</summary>
    public const string AttestedBy = "attested_by";

    /// <summary>How long words can be, in characters.</summary>
    public const int MaxWords = 2000;

    /// <summary>All that a member holds is set aside for some days, from when it is carried out.</summary>
    public static Proposal Suspend(string memberId, string ground, string reason, int days) => Against(Governing.Act.Suspend, memberId, ground, reason, days);

    /// <summary>The same in an emergency, without notice.</summary>
    public static Proposal SuspendAtOnce(string memberId, string ground, string reason, int days) => Against(Governing.Act.SuspendAtOnce, memberId, ground, reason, days);

    /// <summary>All that a member holds ends.</summary>
    public static Proposal Revoke(string memberId, string ground, string reason) => Against(Governing.Act.Revoke, memberId, ground, reason, null);

    /// <summary>A member gets a mandate.</summary>
    public static Proposal Appoint(string memberId, Node? node, IReadOnlyList<string> acts, DateOnly until) => new(Governing.Act.Appoint, memberId, memberId, node?.Id, new JsonObject
    {
        ["node"] = node?.Name,
        ["acts"] = new JsonArray([.. acts.Select(act => (JsonNode)act)]),
        ["until"] = until.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
    });

    /// <summary>A mandate ends before its day.</summary>
    public static Proposal Dismiss(Steward steward, string reason) => new(Governing.Act.Dismiss, steward.Id, steward.MemberId, steward.NodeId, new JsonObject { ["reason"] = reason });

    /// <summary>The nation gets another node.</summary>
    public static Proposal AddNode(string name, string region) => new(Governing.Act.AddNode, name, null, null, new JsonObject { ["name"] = name, ["region"] = region });

    /// <summary>The nation's keys of a purpose are replaced.</summary>
    /// <param name="purpose">One of <see cref="Issuing.KeyRotation.Purposes"/>.</param>
    /// <param name="atOnce">Whether their successors sign at once: somebody may have them who should not.</param>
    /// <param name="reason">Why, for who decides.</param>
    public static Proposal RotateKeys(string purpose, bool atOnce, string reason) => string.IsNullOrWhiteSpace(reason) ? throw NationRefusal.ReasonMissing()
        : new(Governing.Act.RotateKeys, purpose, null, null, new JsonObject { ["at_once"] = atOnce, ["reason"] = reason });

    /// <summary>Somebody who asked to join, and for whom members speak, becomes a member.</summary>
    public static Proposal Admit(Applications.Row application) => new(Governing.Act.Admit, application.Id, application.MemberId, application.NodeId, []);

    /// <summary>Somebody who asked to join is refused, by a criterion of the charter.</summary>
    public static Proposal Refuse(Applications.Row application, string criterion, string reason) => string.IsNullOrWhiteSpace(reason) ? throw NationRefusal.ReasonMissing()
        : new(Governing.Act.Refuse, application.Id, application.MemberId, application.NodeId, new JsonObject { ["criterion"] = criterion, ["reason"] = reason });

    /// <summary>A member gets a new wallet, as those attested whom they named; who attested decides nothing in it.</summary>
    public static Proposal Rebind(Recoveries.Row recovery, string? nodeId, IEnumerable<string> attestedBy) => new(
        Governing.Act.Rebind, recovery.Id, recovery.MemberId, nodeId, new JsonObject { [AttestedBy] = new JsonArray([.. attestedBy.Select(member => (JsonNode)member)]) });

    /// <summary>What was decided first falls: the question that an appeal puts.</summary>
    internal static Proposal DecideAppeal(Appeals.Row appeal) => new(Governing.Act.DecideAppeal, appeal.Id, appeal.MemberId, appeal.NodeId, []);

    /// <summary>What was decided first stands: the appeal is turned down, with a reason.</summary>
    public static Proposal UpholdAppeal(Appeals.Row appeal, string reason) => string.IsNullOrWhiteSpace(reason) ? throw NationRefusal.ReasonMissing()
        : new(Governing.Act.UpholdAppeal, appeal.Id, appeal.MemberId, appeal.NodeId, new JsonObject { ["reason"] = reason });

    /// <summary>Who was revoked or has left belongs again, with the id, the seniority and the node that they had.</summary>
    public static Proposal Reinstate(string memberId, string reason) => string.IsNullOrWhiteSpace(reason) ? throw NationRefusal.ReasonMissing()
        : new(Governing.Act.Reinstate, memberId, memberId, null, new JsonObject { ["reason"] = reason });

    /// <summary>A membership goes on: the question that its member puts.</summary>
    internal static Proposal Renew(string memberId, string? nodeId) => new(Governing.Act.Renew, memberId, memberId, nodeId, []);

    /// <summary>A member may take a credential that follows from nothing else.</summary>
    /// <param name="memberId">The member.</param>
    /// <param name="type">One of <see cref="CredentialType.Decided"/>.</param>
    /// <param name="reason">What it rests on, for who decides and for the member.</param>
    public static Proposal Issue(string memberId, string type, string reason) => string.IsNullOrWhiteSpace(reason) ? throw NationRefusal.ReasonMissing()
        : new(Governing.Act.Issue, memberId, memberId, null, new JsonObject { ["type"] = type, ["reason"] = reason });

    /// <summary>Two records are of one person: one stays, and the other ends.</summary>
    /// <param name="endsId">The member id that ends.</param>
    /// <param name="staysId">The one that stays.</param>
    /// <param name="reason">How it is known.</param>
    public static Proposal Merge(string endsId, string staysId, string reason) => string.IsNullOrWhiteSpace(reason) ? throw NationRefusal.ReasonMissing()
        : new(Governing.Act.Merge, staysId, endsId, null, new JsonObject { ["stays"] = staysId, ["reason"] = reason });

    /// <summary>A member is named to act for another who can't.</summary>
    /// <param name="wardId">For whom.</param>
    /// <param name="guardianId">Who acts, once they accept.</param>
    /// <param name="until">The last day.</param>
    /// <param name="reason">Why, for who decides and for the ward.</param>
    public static Proposal NameGuardian(string wardId, string guardianId, DateOnly until, string reason) => string.IsNullOrWhiteSpace(reason) ? throw NationRefusal.ReasonMissing()
        : new(Governing.Act.NameGuardian, wardId, wardId, null, new JsonObject
        {
            ["guardian"] = guardianId,
            ["until"] = until.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
            ["reason"] = reason,
        });

    /// <summary>A guardian is one no more.</summary>
    public static Proposal EndGuardian(Guardianships.Row row, string reason) => string.IsNullOrWhiteSpace(reason) ? throw NationRefusal.ReasonMissing()
        : new(Governing.Act.EndGuardian, row.Id, row.MemberId, null, new JsonObject { ["guardian"] = row.GuardianId, ["reason"] = reason });

    /// <summary>Another nation's credentials are accepted, or it is written down who accepts this one's.</summary>
    public static Proposal Recognise(Recognizing.Recognition recognition) => new(Governing.Act.Recognise, recognition.Issuer ?? recognition.Name, null, null, recognition.ToJson());

    /// <summary>A recognition ends before its time.</summary>
    public static Proposal EndRecognition(Recognizing.RegisteredRecognition recognition, string reason) => string.IsNullOrWhiteSpace(reason) ? throw NationRefusal.ReasonMissing()
        : new(Governing.Act.EndRecognition, recognition.Id, null, null, new JsonObject { ["name"] = recognition.Content.Name, ["reason"] = reason });

    /// <summary>The charter is replaced.</summary>
    public static Proposal ChangeCharter(Charter charter) => new(Governing.Act.ChangeCharter, charter.Version, null, null, charter.ToJson());

    /// <summary>Checks what can be checked before anything is known of the nation.</summary>
    /// <exception cref="Refusal"><c>invalid_proposal</c>.</exception>
    internal void Check(Charter charter)
    {
        if (Content.OptionalString("reason") is { } reason && DisplayName.FaultOfLines(reason, MaxWords) is { } fault) throw NationRefusal.InvalidProposal($"the reason {fault}");
        if (Content.OptionalString("criterion") is { } criterion && !charter.Criteria.ContainsKey(criterion))
            throw NationRefusal.InvalidProposal($"the charter has no such criterion; it has {string.Join(", ", charter.Criteria.Keys)}");
        if (charter.GroundsOf.TryGetValue(Act, out var grounds) && !grounds.Contains(Content.RequiredString("ground")))
            throw NationRefusal.InvalidProposal($"the charter has no such ground for {Act}; it has {string.Join(", ", grounds)}");
        var longest = Act == Governing.Act.SuspendAtOnce ? charter.Terms.LongestAtOnce : charter.Terms.LongestSuspension;
        if (Content.OptionalInt64("days") is { } days && (days < 1 || days > longest.TotalDays))
            throw NationRefusal.InvalidProposal($"by the charter it lasts a day at least, and {(int)longest.TotalDays} at most");
    }

    /// <summary>How long after enough have approved it is carried out: the rule's own delay, and the notice that who it harms is given.</summary>
    public TimeSpan DelayOf(Charter charter) => charter.RuleOf(Act).Delay + Act switch
    {
        Governing.Act.Suspend => charter.Terms.SuspensionNotice,
        Governing.Act.Revoke => charter.Terms.RevocationNotice,
        Governing.Act.Rebind => charter.Terms.RecoveryDelay,
        _ => TimeSpan.Zero,
    };

    private static Proposal Against(string act, string memberId, string ground, string reason, int? days)
    {
        if (string.IsNullOrWhiteSpace(reason)) throw NationRefusal.ReasonMissing();
        var content = new JsonObject { ["ground"] = ground, ["reason"] = reason };
        if (days is not null) content["days"] = days;
        return new(act, memberId, memberId, null, content);
    }
}
