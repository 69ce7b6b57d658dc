using NetworkIdentity.Standards;

namespace NetworkIdentity;

/// <summary>What is refused where a member binds an account that they have elsewhere. Each code is explained in docs/errors.md.</summary>
public static class AccountRefusal
{
    /// <summary>The code of a text that is no account.</summary>
    public const string InvalidAccountCode = "invalid_account";

    /// <summary>The code of a challenge that is over.</summary>
    public const string ChallengeEndedCode = "account_challenge_ended";

    /// <summary>The code of a binding that is not there.</summary>
    public const string UnknownAccountCode = "unknown_account";

    /// <summary>What was to be signed is not this session's, or was used, or its time is over.</summary>
    public static Refusal ChallengeEnded() => new(ChallengeEndedCode, "this text was for another session, was used, or its ten minutes are over: ask for another");

    /// <summary>The code of a signature that does not show whose the account is.</summary>
    public const string SignatureCode = "account_signature_invalid";

    /// <summary>The account did not sign the text.</summary>
    public static Refusal Signature(string description) => new(SignatureCode, description);

    /// <summary>Somebody has it. Who, is nobody's to know.</summary>
    public static Refusal Bound() => new("account_bound", "this address is bound to a membership already, at this chain or at another: it is one person's at a time, and unbound first");

    /// <summary>A member has as many as there can be.</summary>
    public static Refusal TooMany(int most) => new("too_many_accounts", $"you have bound {most} accounts: unbind one first");

    /// <summary>There is no such binding, or it is another's.</summary>
    public static Refusal Unknown() => new(UnknownAccountCode, "no account of yours is bound by that id");

    /// <summary>Somebody would say by hand what a signature alone shows.</summary>
    public static Refusal NotShown() => new("account_not_shown", "that an account is a member's is shown by its signature, on their own page, and never said by anyone");
}
