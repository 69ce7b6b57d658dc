namespace NetworkIdentity.Server.Pages.Recover;

/// <summary>What <see cref="RecoveryPage"/> shows.</summary>
public sealed record RecoveryView
{
    /// <summary>The nation's name.</summary>
    public required string Nation { get; init; }

    /// <summary>The person's own link.</summary>
    public required string Url { get; init; }

    /// <summary>One of <see cref="Registry.Recoveries"/>.</summary>
    public required string State { get; init; }

    /// <summary>What the person reads out.</summary>
    public required string Code { get; init; }

    /// <summary>How many have attested, and count.</summary>
    public required int Counted { get; init; }

    /// <summary>How many are needed.</summary>
    public required int Needed { get; init; }

    /// <summary>Until when it stays in this state.</summary>
    public required DateTimeOffset OpenUntil { get; init; }

    /// <summary>When what was decided takes effect; null where nothing was decided.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>The page of the offer that was made just now; null where none was.</summary>
    public string? OfferUrl { get; init; }

    /// <summary>Its code.</summary>
    public string? TransactionCode { get; init; }

    /// <summary>Why nothing was done.</summary>
    public string? Notice { get; init; }

    /// <summary>The id under which the server's log knows this request.</summary>
    public required string CorrelationId { get; init; }

    /// <summary>Where it stands, in words.</summary>
    public string Words => State switch
    {
        Registry.Recoveries.Attesting => "It waits for those who attest that it is you.",
        Registry.Recoveries.Review when DueAt is not null => "It was decided. The days run in which the holder of the lost wallet can object.",
        Registry.Recoveries.Review => "Enough attested that it is you. Stewards decide now.",
        Registry.Recoveries.Granted => "It is granted: you can take your membership with a new wallet.",
        Registry.Recoveries.Done => "It is done: your new wallet holds your membership, and the lost one holds nothing that is valid.",
        Registry.Recoveries.Objected => "The holder of the lost wallet objected, so it ended.",
        Registry.Recoveries.Withdrawn => "You took it back.",
        _ => "It lapsed: its time was over, or there is no membership any more that could be taken.",
    };

    /// <summary>Whether it goes on.</summary>
    public bool IsOpen => State is Registry.Recoveries.Attesting or Registry.Recoveries.Review or Registry.Recoveries.Granted;
}
