using System.Globalization;
using System.Text;
using NetworkIdentity.Governing;
using NetworkIdentity.Issuing;
using NetworkIdentity.Server.Pages.Desk;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Server.Endpoints.Desk;

/// <summary>The form of each act: its fields, what was typed into them, and which of them a refusal speaks of.</summary>
internal static class ProposalForm
{
    /// <summary>What a field holds that was chosen.</summary>
    public const string Chosen = "1";

    /// <summary>The fields of an act, with what was typed, and the words of a refusal beside the field that it is about.</summary>
    public static async Task<IReadOnlyList<DeskField>> FieldsAsync(
        string act, NationContext nation, Charter charter, IReadOnlyDictionary<string, string> typed, Refusal? refusal)
    {
        List<DeskField> fields = [];
        var words = new DeskWords(nation);
        switch (act)
        {
            case Act.Suspend or Act.SuspendAtOnce or Act.Revoke:
                fields.Add(Member());
                fields.Add(new("ground", "Ground of the charter", DeskField.Choice) { Options = [.. charter.GroundsOf[act].Select(ground => (ground, charter.Grounds[ground]))] });
                fields.Add(Reason("The member reads this, and so does who decides. Say what happened, and when."));
                if (act == Act.Revoke) break;
                var longest = (int)(act == Act.Suspend ? charter.Terms.LongestSuspension : charter.Terms.LongestAtOnce).TotalDays;
                fields.Add(new("days", "For how many days", DeskField.Number) { Hint = $"{longest} at most, by the charter." });
                break;
            case Act.Appoint:
                fields.Add(Member());
                fields.Add(new("node", "Steward of", DeskField.Choice)
                {
                    Options = [("nation", "The whole nation"), .. (await Node.AllAsync(nation.Database)).Select(node => ($"node:{node.Name}", node.Name))],
                });
                fields.Add(new("acts", "For the acts", DeskField.Choices)
                {
                    Options = [.. Steward.PossibleActs.Select(possible => ($"acts.{possible}", DeskWords.OfAct(possible)))],
                    Chosen = typed.Where(one => one.Value == Chosen).Select(one => one.Key).ToHashSet(),
                });
                fields.Add(new("until", "Until and with the day", DeskField.Day) { Hint = $"{(int)charter.Terms.Mandate.TotalDays} days from today at most, by the charter." });
                break;
            case Act.Reinstate:
                fields.Add(Member());
                fields.Add(Reason("The member reads this, and so does who decides."));
                break;
            case Act.Merge:
                fields.Add(new("member", "The member id that ends", DeskField.Id));
                fields.Add(new("stays", "The member id that stays", DeskField.Id));
                fields.Add(Reason("How it is known that both are one person. They read this, and so does who decides."));
                break;
            case Act.Issue:
                fields.Add(Member());
                fields.Add(new("type", "Which credential", DeskField.Choice) { Options = [.. CredentialType.Decided.Select(type => (type, words.NameOfType(type)))] });
                fields.Add(Reason("What it rests on. The member reads this, and so does who decides."));
                break;
            case Act.Dismiss:
                fields.Add(new("mandate", "Which mandate", DeskField.Choice) { Options = await MandatesAsync(nation, words) });
                fields.Add(Reason("The steward reads this, and so does who decides."));
                break;
            case Act.AddNode:
                fields.Add(new("name", "Its name", DeskField.Line));
                fields.Add(new("region", "Where it is", DeskField.Line) { Hint = "In words, as people there would say it." });
                break;
            case Act.RotateKeys:
                fields.Add(new("purpose", "What they are for", DeskField.Choice) { Options = [.. KeyRotation.Purposes.Select(purpose => (purpose.Name, purpose.Name))] });
                fields.Add(new("when", "When the new ones sign", DeskField.Choice)
                {
                    Options = [("planned", $"In {DeskWords.Days((long)KeyRotation.Ahead.TotalDays)}, when everybody knows them"), ("at_once", "At once: somebody may have the old ones")],
                });
                fields.Add(Reason("Who decides reads this."));
                break;
            case Act.NameGuardian:
                fields.AddRange([Member(), new("guardian", "The guardian’s id", DeskField.Id) { Hint = "They accept on their page; before that they can do nothing." }, new("until", "The last day", DeskField.Day), Reason("The member reads this, and who decides.")]);
                break;
            case Act.EndGuardian:
                fields.AddRange([Member(), new("guardian", "The guardian’s id", DeskField.Id), Reason("The member reads this, and who decides.")]);
                break;
            case Act.Recognise or Act.EndRecognition:
                fields.AddRange(await RecognitionForm.FieldsAsync(act, nation, typed));
                break;
            case Act.Witness:
                fields.AddRange(await WitnessForm.FieldsAsync(nation));
                break;
            case Act.Refuse or Act.UpholdAppeal:
                fields.AddRange(InsteadForm.FieldsOf(act, charter));
                break;
            case Act.ChangeCharter:
                fields.Add(new("charter", "The whole charter, as JSON", DeskField.Code) { Hint = $"In force is {charter.Version}; a version’s name is used once." });
                break;
        }

        var named = refusal is null ? null : act is Act.Recognise or Act.EndRecognition && RecognitionForm.FieldOf(refusal) is { } its ? its : FieldOf(refusal);
        return [.. fields.Select(field => field with { Value = typed.GetValueOrDefault(field.Name) ?? "", Error = field.Name == named ? refusal!.Description : null })];

        static DeskField Member() => new("member", "The member’s id", DeskField.Id);

        static DeskField Reason(string hint) => new("reason", "Reasons", DeskField.Lines) { Hint = hint };
    }

    /// <summary>What a member proposes.</summary>
    /// <exception cref="Refusal">What is wrong with it, and can be told before it is proposed.</exception>
    public static async Task<Proposal> ReadAsync(string act, IReadOnlyDictionary<string, string> form, NationContext nation, string memberId)
    {
        switch (act)
        {
            case Act.Suspend:
                return Proposal.Suspend(Line("member"), Line("ground"), Text("reason"), Days());
            case Act.SuspendAtOnce:
                return Proposal.SuspendAtOnce(Line("member"), Line("ground"), Text("reason"), Days());
            case Act.Revoke:
                return Proposal.Revoke(Line("member"), Line("ground"), Text("reason"));
            case Act.Appoint:
                var node = Line("node") is var of && of.StartsWith("node:", StringComparison.Ordinal) ? await Node.FindAsync(nation.Database, of["node:".Length..]) : null;
                if (node is null && of != "nation") throw NationRefusal.UnknownNode((await Node.AllAsync(nation.Database)).Select(one => one.Name));
                return Proposal.Appoint(Line("member"), node, [.. Steward.PossibleActs.Where(possible => form.GetValueOrDefault($"acts.{possible}") == Chosen)], Day());
            case Act.Reinstate:
                return Proposal.Reinstate(Line("member"), Text("reason"));
            case Act.Merge:
                return Proposal.Merge(Line("member"), Line("stays"), Text("reason"));
            case Act.Issue:
                return Proposal.Issue(Line("member"), Line("type"), Text("reason"));
            case Act.NameGuardian:
                return Proposal.NameGuardian(Line("member"), Line("guardian"), Day(), Text("reason"));
            case Act.EndGuardian:
                var guardian = (await nation.Guarding.OfAsync(Line("member"))).FirstOrDefault(row => row.MemberId == Line("member") && row.GuardianId == Line("guardian"))
                    ?? throw NationRefusal.InvalidProposal("there is no such guardian, or it has ended");
                return Proposal.EndGuardian(guardian, Text("reason"));
            case Act.Dismiss:
                var mandate = (await Steward.InForceAsync(nation.Database, nation.Time.GetUtcNow())).FirstOrDefault(one => one.Id == Line("mandate"))
                    ?? throw NationRefusal.InvalidProposal("there is no such mandate, or it has ended");
                return Proposal.Dismiss(mandate, Text("reason") is { Length: > 0 } reason ? reason : throw NationRefusal.ReasonMissing());
            case Act.AddNode:
                if ((await Node.AllAsync(nation.Database)).Any(one => one.Name == Line("name"))) throw NationRefusal.NodeExists();
                return Proposal.AddNode(Line("name"), Line("region"));
            case Act.RotateKeys:
                if (Line("when") is not ("planned" or "at_once")) throw NationRefusal.InvalidProposal("the new keys sign at once, or in some days");
                return Proposal.RotateKeys(KeyRotation.Purpose(Line("purpose")).Name, Line("when") == "at_once", Text("reason"));
            case Act.Recognise or Act.EndRecognition:
                return await RecognitionForm.ReadAsync(act, form, nation);
            case Act.Witness:
                return await WitnessForm.ReadAsync(form, nation);
            case Act.Refuse or Act.UpholdAppeal:
                return await InsteadForm.ReadAsync(act, form, nation, memberId);
            default:
                return Proposal.ChangeCharter(Charter.Parse(Encoding.UTF8.GetBytes(Text("charter"))));
        }

        string Line(string name) => form.GetValueOrDefault(name, "").Trim();

        // Browsers send line ends as CR LF.
        string Text(string name) => form.GetValueOrDefault(name, "").ReplaceLineEndings("\n").Trim();

        int Days() => int.TryParse(Line("days"), NumberStyles.None, CultureInfo.InvariantCulture, out var days) ? days : throw NationRefusal.InvalidProposal("by the charter it lasts a number of days");

        DateOnly Day() => DateOnly.TryParseExact(Line("until"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : throw NationRefusal.InvalidMandate("the last day must be a day, as 2027-06-30");
    }

    /// <summary>The field that a refusal is about; null where it is about all of it.</summary>
    private static string? FieldOf(Refusal refusal)
    {
        return refusal.Code switch
        {
            "unknown_member" or "not_a_member" => "member",
            "reason_missing" => "reason",
            "unknown_node" => "node",
            "node_exists" => "name",
            "invalid_charter" or "charter_exists" => "charter",
            "invalid_node" => Says("the name") ? "name" : "region",
            "unknown_purpose" => "purpose",
            "unknown_type" => "type",
            "invalid_mandate" => Says("the acts") ? "acts" : "until",
            "invalid_proposal" when Says("the reason") => "reason",
            "invalid_proposal" when Says("the charter has no such ground") => "ground",
            "invalid_proposal" when Says("the charter has no such criterion") => "criterion",
            "invalid_proposal" when Says("by the charter it lasts") => "days",
            "invalid_proposal" when Says("there is no such mandate") => "mandate",
            "invalid_proposal" when Says("there is no such guardian") || Says("they are their guardian") || Says("nobody is their own") => "guardian",
            "invalid_proposal" when Says("by the charter a guardian") => "until",
            _ => WitnessForm.FieldOf(refusal),
        };

        bool Says(string beginning) => refusal.Description.StartsWith(beginning, StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<(string Value, string Words)>> MandatesAsync(NationContext nation, DeskWords words)
    {
        List<(string, string)> options = [];
        foreach (var mandate in await Steward.InForceAsync(nation.Database, nation.Time.GetUtcNow()))
            options.Add((mandate.Id, $"{await words.NameOfAsync(mandate.MemberId) ?? mandate.MemberId}: {await words.NodeAsync(mandate.NodeId)}, until {mandate.Until.AddDays(-1):yyyy-MM-dd}"));
        return options;
    }
}
