using System.Collections.Concurrent;
using System.Reflection;

namespace NetworkIdentity.Registry;

/// <summary>One statement of an act. The same text runs on SQLite and on PostgreSQL.</summary>
/// <param name="Sql">The statement, with parameters as <c>@Name</c>.</param>
/// <param name="Parameters">An object whose properties are the parameters: string, long, byte[] or null.</param>
/// <param name="Condition">
/// Where set, the statement must change at least one row; where it changes none, the whole act is undone and this name is what
/// <see cref="Database.CommitAsync"/> returns. On PostgreSQL a condition must speak of the row that is changed: that row is locked and looked at
/// afresh, but what a subquery reads is as old as the statement.
/// </param>
/// <param name="Rows">Where set, exactly so many rows must be changed for the condition to hold.</param>
public sealed record Statement(string Sql, object Parameters, string? Condition = null, long? Rows = null)
{
    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> Shapes = new();

    /// <summary>The properties of <see cref="Parameters"/>.</summary>
    internal PropertyInfo[] ParameterProperties => Shapes.GetOrAdd(Parameters.GetType(), type => type.GetProperties());

    /// <summary>Whether the condition holds where so many rows were changed.</summary>
    internal bool Holds(long changed) => Condition is null || (Rows is { } rows ? changed == rows : changed > 0);
}
