using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using NetworkIdentity.Server.Endpoints.Desk;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.Server.Pages.Account;

namespace NetworkIdentity.Server.Endpoints.Account;

/// <summary>/account/export: all that is held about a member, as a file, for who has just proven who they are.</summary>
internal static class ExportEndpoint
{
    /// <summary>Its path.</summary>
    public const string Path = "/account/export";

    private const string FormAct = "export";

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>GET: what the file is.</summary>
    public static async Task<IResult> PageAsync(HttpContext context, NationContext nation)
    {
        if (await OwnSession.FindAsync(context, nation) is not { } own) return await MemberSession.SignInAsync(context, nation, Path);
        return Page.Of<ExportPage>(new ExportView
        {
            Nation = nation.Keys.Nation.Name,
            AccountUrl = nation.Keys.Nation.Url("/account"),
            ExportUrl = nation.Keys.Nation.Url(Path),
            SchemaUrl = nation.Keys.Nation.Url("/schemas/export.schema.json"),
            ProvesFirst = !MemberSession.HasJustProven(nation, own),
            FormField = BrowserForm.Field,
            FormValue = BrowserForm.ValueFor(context, nation, FormAct)!,
            CorrelationId = context.TraceIdentifier,
        });
    }

    /// <summary>POST: the file.</summary>
    public static async Task<IResult> ExportAsync(HttpContext context, NationContext nation)
    {
        await BrowserForm.ReadAsync(context, nation, FormAct);
        if (await OwnSession.FindAsync(context, nation) is not { } own) return await MemberSession.SignInAsync(context, nation, Path);
        if (!MemberSession.HasJustProven(nation, own)) return await OwnSession.ProveAsync(context, nation, own, Path);
        await OwnSession.CheckAsync(nation, own);
        return FileOf(await nation.Exporting.ExportAsync(own.MemberId));
    }

    /// <summary>An export as a file, in lines that people can read.</summary>
    public static IResult FileOf(JsonObject export) => Results.File(JsonSerializer.SerializeToUtf8Bytes(export, Readable), "application/json", "export.json");
}
