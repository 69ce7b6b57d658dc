namespace NetworkIdentity.Server.Endpoints;

/// <summary>The browser that asks, in fixed words for the person on the wallet's device: "Firefox on Android". Never a word of the header itself.</summary>
public static class AskingBrowser
{
    /// <summary>What it is called where its header names none that is known here.</summary>
    public const string Unknown = "a browser that does not say which";

    /// <summary>A mark in the header, and the word for it. The first that is found counts: most browsers name others behind their own name.</summary>
    private static readonly (string Mark, string Word)[] Browsers =
    [
        ("Edg/", "Edge"), ("EdgA/", "Edge"), ("EdgiOS/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
    ];

    /// <summary>Systems; Android and ChromeOS before Linux, which Android names too. An iPad may call itself a Mac.</summary>
    private static readonly (string Mark, string Word)[] Systems =
    [
        ("Android", "Android"), ("iPhone", "an iPhone"), ("iPad", "an iPad"), ("Windows", "Windows"), ("Macintosh", "a Mac or iPad"),
        ("CrOS", "a Chromebook"), ("Linux", "Linux"),
    ];

    /// <summary>The words for a User-Agent header [RFC9110 §10.1.5].</summary>
    /// <param name="userAgent">The header; null or anything else where there is no sense in it.</param>
    public static string WordsFor(string? userAgent)
    {
        var (browser, system) = (Find(Browsers, userAgent), Find(Systems, userAgent));
        if (browser is null && system is null) return Unknown;
        browser ??= "a browser";
        return system is null ? browser : $"{browser} on {system}";
    }

    private static string? Find((string Mark, string Word)[] marks, string? userAgent) =>
        userAgent is null ? null : Array.Find(marks, one => userAgent.Contains(one.Mark, StringComparison.Ordinal)).Word;
}
