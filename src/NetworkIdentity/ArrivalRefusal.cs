using NetworkIdentity.Standards;

namespace NetworkIdentity;

/// <summary>What is refused of what stations at doors ask and send. Each code is explained in docs/errors.md.</summary>
public static class ArrivalRefusal
{
    /// <summary>What <see cref="BundleTooLarge"/> has.</summary>
    public const string BundleTooLargeCode = "bundle_too_large";

    /// <summary>The trust bundle is longer than stations take.</summary>
    public static Refusal BundleTooLarge(int length, int most) => new(BundleTooLargeCode, $"the trust bundle has {length} characters, and stations take {most}: the operator must act");

    /// <summary>What <see cref="InvalidCounts"/> has.</summary>
    public const string InvalidCountsCode = "invalid_counts";

    /// <summary>The counts of a shift that can't be.</summary>
    public static Refusal InvalidCounts(string description) => new(InvalidCountsCode, description);

    /// <summary>What <see cref="CountsDiffer"/> has.</summary>
    public const string CountsDifferCode = "counts_differ";

    /// <summary>Of that shift other counts are kept.</summary>
    public static Refusal CountsDiffer() => new(CountsDifferCode, "other counts of this shift were sent before, and are kept");

    /// <summary>What <see cref="NotStewardThere"/> has.</summary>
    public const string NotStewardThereCode = "not_steward_there";

    /// <summary>Counts of a node are sent by its stewards, and by those of the whole nation.</summary>
    public static Refusal NotStewardThere() => new(NotStewardThereCode, "you are no steward of this node now");

    /// <summary>What <see cref="NotSignedIn"/> has.</summary>
    public const string NotSignedInCode = "not_signed_in";

    /// <summary>Nobody is signed in to the nation's pages in this browser.</summary>
    public static Refusal NotSignedIn() => new(NotSignedInCode, "nobody is signed in here: sign in at the desk, and send it again");
}
