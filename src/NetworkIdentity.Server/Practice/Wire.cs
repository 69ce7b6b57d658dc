using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Server.Practice;

/// <summary>Makes what went over the wire readable: forms line by line, JSON with room, and the tokens in it taken apart.</summary>
public static partial class Wire
{
    private static readonly JsonSerializerOptions Roomy = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A token that was found, taken apart.</summary>
    /// <param name="Kind">What it is, by its <c>typ</c>.</param>
    /// <param name="Text">Its parts as JSON.</param>
    public sealed record Token(string Kind, string Text);

    [GeneratedRegex(@"eyJ[\w-]+\.[\w-]*\.[\w-]+(\.[\w-]+\.[\w-]+)?(~[\w.-]*)*", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Compact();

    /// <summary>A JSON object; null where the text is none.</summary>
    public static JsonObject? Json(string text)
    {
        try
        {
            return StrictJson.ParseObject(text);
        }
        catch (Refusal)
        {
            return null;
        }
    }

    /// <summary>A form's or a query's parameters; the last of those that stand twice.</summary>
    public static IReadOnlyDictionary<string, string> Form(string text)
    {
        var form = new Dictionary<string, string>();
        foreach (var pair in text.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            form[Decode(parts[0])] = parts.Length > 1 ? Decode(parts[1]) : "";
        }

        return form;

        static string Decode(string part) => Uri.UnescapeDataString(part.Replace('+', ' '));
    }

    /// <summary>The parameters of a request's query, or of its body where it was posted.</summary>
    public static IReadOnlyDictionary<string, string> Query(Exchange exchange) =>
        exchange.Target.Split('?', 2) is [_, var query] ? Form(query) : Form(exchange.RequestBody);

    /// <summary>The request as text.</summary>
    public static string Request(Exchange exchange)
    {
        var query = exchange.Target.Split('?', 2) is [_, var text] ? Lines(text) + "\n" : "";
        return $"{exchange.Method} {exchange.Path}\n{query}{Headers(exchange.RequestHeaders)}{Body(exchange.RequestBody)}".TrimEnd();
    }

    /// <summary>The answer as text.</summary>
    public static string Response(Exchange exchange) => $"{exchange.Status}\n{Headers(exchange.ResponseHeaders)}{Body(exchange.ResponseBody)}".TrimEnd();

    /// <summary>The tokens in an exchange: JWTs, SD-JWTs with their disclosures, and what can't be opened because it is encrypted.</summary>
    public static IReadOnlyList<Token> Tokens(Exchange exchange) =>
    [
        .. Compact().Matches(string.Join('\n', Form(exchange.RequestBody).Values.Append(exchange.RequestBody).Append(exchange.ResponseBody)))
            .Select(match => match.Value).Distinct().Select(Read).OfType<Token>(),
    ];

    private static Token? Read(string text)
    {
        var parts = text.Split('~');
        var segments = parts[0].Split('.');
        if (Part(segments[0]) is not JsonObject header) return null;
        if (segments.Length == 5) return new("Encrypted: only the nation can open it", header.ToJsonString(Roomy));

        var read = new JsonObject { ["header"] = header, ["claims"] = Part(segments[1]) };
        if (parts.Length > 1)
        {
            read["disclosures"] = new JsonArray([.. parts[1..^1].Select(Part)]);
            if (parts[^1].Split('.') is [var bindingHeader, var binding, _]) read["key_binding"] = new JsonObject { ["header"] = Part(bindingHeader), ["claims"] = Part(binding) };
        }

        return new(header["typ"]?.ToString() is { } type && type != "JWT" ? type : "JWT", read.ToJsonString(Roomy));
    }

    private static JsonNode? Part(string text)
    {
        try
        {
            return Base64Url.TryDecode(text, out var bytes) ? StrictJson.Parse(bytes) : null;
        }
        catch (Refusal)
        {
            return null;
        }
    }

    private static string Headers(IEnumerable<KeyValuePair<string, string>> headers) => string.Concat(headers.Select(header => $"{header.Key}: {header.Value}\n"));

    private static string Body(string body) => body.Length == 0 ? "" : "\n" + (Json(body)?.ToJsonString(Roomy) ?? (Compact().IsMatch(body) && !body.Contains('=', StringComparison.Ordinal) ? body : Lines(body)));

    private static string Lines(string form) => string.Join('\n', Form(form).Select(pair => $"  {pair.Key} = {pair.Value}"));
}
