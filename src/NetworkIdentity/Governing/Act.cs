namespace NetworkIdentity.Governing;

/// <summary>What a nation decides: the acts of which its charter says who decides them.</summary>
public static class Act
{
    /// <summary>A person becomes a member.</summary>
    public const string Admit = "admit";

    /// <summary>A credential is issued that follows from no other decision.</summary>
    public const string Issue = "issue";

    /// <summary>A membership goes on.</summary>
    public const string Renew = "renew";

    /// <summary>A member's credentials don't count for a time.</summary>
    public const string Suspend = "suspend";

    /// <summary>The same in an emergency, without notice.</summary>
    public const string SuspendAtOnce = "suspend_at_once";

    /// <summary>A member's credentials end.</summary>
    public const string Revoke = "revoke";

    /// <summary>Who was revoked or has left belongs again.</summary>
    public const string Reinstate = "reinstate";

    /// <summary>A refusal or an adverse decision is looked at again, by others.</summary>
    public const string DecideAppeal = "decide_appeal";

    /// <summary>A member gets a mandate as a steward.</summary>
    public const string Appoint = "appoint";

    /// <summary>A mandate ends before its day.</summary>
    public const string Dismiss = "dismiss";

    /// <summary>A stay or another fact is attested.</summary>
    public const string Witness = "witness";

    /// <summary>A member who lost their wallet gets a new one.</summary>
    public const string Rebind = "rebind";

    /// <summary>Two records are of one person.</summary>
    public const string Merge = "merge";

    /// <summary>The nation's keys are replaced.</summary>
    public const string RotateKeys = "rotate_keys";

    /// <summary>The charter is replaced by another.</summary>
    public const string ChangeCharter = "change_charter";

    /// <summary>Another nation's credentials are accepted, or it is written down who accepts this one's.</summary>
    public const string Recognise = "recognise";

    /// <summary>A recognition ends before its time. It has the rule of <see cref="Recognise"/>.</summary>
    public const string EndRecognition = "end_recognition";

    /// <summary>The nation gets another node.</summary>
    public const string AddNode = "add_node";

    /// <summary>Somebody who asks to join is refused. It has the rule of <see cref="Admit"/>.</summary>
    public const string Refuse = "refuse";

    /// <summary>An appeal is turned down: what was decided first stands. It has the rule of <see cref="DecideAppeal"/>, which overturns it.</summary>
    public const string UpholdAppeal = "uphold_appeal";

    /// <summary>A member is named to act for another who can't. It has the rule of <see cref="Rebind"/>: what is done in a member's name.</summary>
    public const string NameGuardian = "name_guardian";

    /// <summary>A guardian is one no more. It has the same rule.</summary>
    public const string EndGuardian = "end_guardian";

    /// <summary>What harms somebody, and can be appealed once it was carried out.</summary>
    public static readonly IReadOnlyList<string> Adverse = [Suspend, SuspendAtOnce, Revoke, Dismiss, Refuse, Merge];

    /// <summary>The act whose rule decides an act: its own, for most.</summary>
    public static string RuleOf(string act) => act switch
    {
        Refuse => Admit,
        UpholdAppeal => DecideAppeal,
        NameGuardian or EndGuardian => Rebind,
        EndRecognition => Recognise,
        _ => act,
    };

    /// <summary>All that have a rule in a charter.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        Admit, Issue, Renew, Suspend, SuspendAtOnce, Revoke, Reinstate, DecideAppeal, Appoint, Dismiss, Witness, Rebind, Merge, RotateKeys, ChangeCharter, Recognise,
        AddNode,
    ];
}
