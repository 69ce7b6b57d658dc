namespace NetworkIdentity.Verifying;

/// <summary>The steps of a verification, in their order.</summary>
public enum VerificationStep
{
    /// <summary>It is of the form its specification gives.</summary>
    Shape,

    /// <summary>Its type is one we know, and it fits the type's schema.</summary>
    Type,

    /// <summary>Its issuer may say this type here.</summary>
    Issuer,

    /// <summary>The issuer's signature, by a key that was the issuer's for this.</summary>
    Proof,

    /// <summary>It is in its time.</summary>
    Validity,

    /// <summary>It is neither revoked nor suspended.</summary>
    Status,

    /// <summary>Who shows it holds the key it was given to, and shows it here and now.</summary>
    Holder,

    /// <summary>It is what was asked for.</summary>
    Query,

    /// <summary>The nation's own record of it, and what the record allows.</summary>
    Policy,

    /// <summary>Of evidence: that its issue, and the lists, are in the nation's public log. It is none of the steps that a report lists; the facts tell of it.</summary>
    Log,
}
